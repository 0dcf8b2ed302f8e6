"""Record optimizer trajectories and schedules from torch into packages/optim/tests/goldens.json.

Run with torch installed: `python tools/goldens_optim.py`. The tests read the file and need no torch.
The gradient of each parameter is `a * (w - c)`, computed with elementwise ops only, so that every library gets the same
gradients from the same parameters.
"""

import json
import pathlib

import torch

STEPS = 20
KEPT = (1, 2, 5, 20)
START = [[1.0, -2.0, 0.5], [[0.25, 3.0], [-1.5, 0.125]], 2.0]
CENTRE = [[0.5, 0.75, -1.25], [[1.0, -0.5], [0.0, 2.0]], -1.0]
SCALE = [[2.0, 0.5, 1.0], [[0.25, 1.5], [3.0, 0.125]], 1.0]

RUNS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.02, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.02, "maximize": True}),
    ("SGD", {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1, "maximize": True, "dampening": 0.25}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "betas": (0.25, 0.75)}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.2}),
    ("Adam", {"lr": 0.3, "amsgrad": True}),
    ("Adam", {"lr": 0.3, "amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True, "maximize": True, "betas": (0.8, 0.95)}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.5, "eps": 1e-2}),
    ("Adadelta", {"lr": 2.0, "weight_decay": 0.25}),
    ("Adadelta", {"lr": 1.0, "maximize": True, "weight_decay": 0.1}),
    ("Adafactor", {"lr": 0.1}),
    ("Adafactor", {"lr": 0.3, "weight_decay": 0.1, "d": 1.5, "eps": (1e-4, 1e-2), "beta2_decay": -0.5, "maximize": True}),
    ("Adagrad", {"lr": 0.3}),
    ("Adagrad", {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.2, "initial_accumulator_value": 0.5, "maximize": True}),
    ("Adamax", {"lr": 0.1}),
    ("Adamax", {"lr": 0.1, "betas": (0.5, 0.75), "weight_decay": 0.2, "eps": 1e-3, "maximize": True}),
    ("ASGD", {"lr": 0.1}),
    ("ASGD", {"lr": 0.1, "lambd": 0.05, "alpha": 0.5, "t0": 4, "weight_decay": 0.2, "maximize": True}),
    ("NAdam", {"lr": 0.1}),
    ("NAdam", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.2, "momentum_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("RAdam", {"lr": 0.1}),
    ("RAdam", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("RMSprop", {"lr": 0.05}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.5, "centered": True, "alpha": 0.9, "eps": 1e-2, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"lr": 0.05, "centered": True}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    ("Rprop", {"lr": 0.1}),
    ("Rprop", {"lr": 0.3, "etas": (0.25, 1.5), "step_sizes": (0.1, 0.5), "maximize": True}),
]

SCHEDULES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 3}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.5, "total_iters": 8}),
    ("CosineAnnealingLR", {"T_max": 6}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    ("PolynomialLR", {"total_iters": 9, "power": 1.5}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3, "step_size_down": 2, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 4, "mode": "exp_range", "gamma": 0.9}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 14}),
    ("OneCycleLR", {"max_lr": 0.5, "epochs": 4, "steps_per_epoch": 5, "pct_start": 0.4, "anneal_strategy": "linear"}),
    (
        "OneCycleLR",
        {"max_lr": 0.5, "total_steps": 20, "three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0},
    ),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 20, "cycle_momentum": False}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 16, "base_momentum": 0.5, "max_momentum": 0.9}),
]


def trajectory(name: str, options: dict, dtype: torch.dtype) -> dict:
    params = [torch.tensor(v, dtype=dtype, requires_grad=True) for v in START]
    centre = [torch.tensor(v, dtype=dtype) for v in CENTRE]
    scale = [torch.tensor(v, dtype=dtype) for v in SCALE]
    opt = getattr(torch.optim, name)(params, **options)
    kept = {}
    for t in range(1, STEPS + 1):
        for p, c, a in zip(params, centre, scale, strict=True):
            p.grad = a * (p.detach() - c)
        opt.step()
        if t in KEPT:
            kept[str(t)] = [p.tolist() for p in params]
    state = {
        str(k): {n: v.tolist() for n, v in s.items() if v is not None} for k, s in opt.state_dict()["state"].items()
    }
    return {"params": kept, "state": state}


def rates(name: str, options: dict, steps: int = 14) -> dict:
    weight = torch.zeros(1, requires_grad=True)
    opt = torch.optim.SGD([weight], lr=0.2, momentum=0.9)
    schedule = getattr(torch.optim.lr_scheduler, name)(opt, **options)
    lrs, momenta = [opt.param_groups[0]["lr"]], [opt.param_groups[0]["momentum"]]
    for _ in range(steps):
        opt.step()
        schedule.step()
        lrs.append(schedule.get_last_lr()[0])
        momenta.append(opt.param_groups[0]["momentum"])
    return {"lr": lrs, "momentum": momenta}


def main() -> None:
    runs = [
        {"optimizer": name, "options": options, "dtype": str(dtype)[6:], **trajectory(name, options, dtype)}
        for name, options in RUNS
        for dtype in (torch.float32, torch.float64)
    ]
    schedules = [{"scheduler": name, "options": options, **rates(name, options)} for name, options in SCHEDULES]
    data = {
        "torch": torch.__version__.split("+")[0],
        "start": START,
        "centre": CENTRE,
        "scale": SCALE,
        "steps": STEPS,
        "runs": runs,
        "schedules": schedules,
    }
    target = pathlib.Path(__file__).resolve().parents[1] / "packages/optim/tests/goldens.json"
    target.write_text(json.dumps(data, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
