"""Windows of images as columns, and columns added up to images: `unfold` and `fold` of nn.functional, each the gradient of the other."""

from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import named, recorded
from lucet._ops.pad import pad_function as pad
from lucet._tensor import Tensor

Size = int | Sequence[int]


def pair_of(op: str, name: str, value: Any) -> tuple[int, int]:
    """(rows, columns) of a number or a pair."""
    sizes = (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, (tuple, list)) else value
    if not isinstance(sizes, tuple) or not all(isinstance(size, int) for size in sizes):
        raise TypeError(f"{op}(): argument '{name}' must be tuple of ints, not {type(value).__name__}")
    if len(sizes) == 1:
        sizes = sizes * 2
    if len(sizes) != 2:
        raise error(ShapeError, f"It is expected {name} equals to 2, but got size {len(sizes)}")
    return sizes[0], sizes[1]


class _Windows:
    """Which windows there are: sizes as pairs, checked against the image (h, w)."""

    def __init__(self, op: str, image: tuple[int, int], kernel_size: Size, dilation: Size, padding: Size, stride: Size) -> None:
        self.image = image
        self.kernel = pair_of(op, "kernel_size", kernel_size)
        self.dilation = pair_of(op, "dilation", dilation)
        self.padding = pair_of(op, "padding", padding)
        self.stride = pair_of(op, "stride", stride)
        for name, sizes in (("kernel size", self.kernel), ("dilation", self.dilation), ("stride", self.stride)):
            if min(sizes) <= 0:
                raise error(ShapeError, f"{name} should be greater than zero, but got {name.split()[0]}_height: {sizes[0]} {name.split()[0]}_width: {sizes[1]}")
            if max(sizes) >= 1 << 31:
                raise error(ShapeError, f"{op}: {name} is too large, got {sizes}")
        if min(self.padding) < 0 or max(self.padding) >= 1 << 31:
            raise error(ShapeError, f"padding should be non-negative, but got pad_height: {self.padding[0]} pad_width: {self.padding[1]}")
        axes = zip(image, self.kernel, self.dilation, self.padding, self.stride, strict=True)
        self.blocks = tuple((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, d, p, s in axes)
        if min(self.blocks) < 1:
            raise error(
                ShapeError,
                f"Given {'output' if op == 'fold' else 'input with spatial size'} {self.image}, kernel_size={self.kernel}, dilation={self.dilation}, padding={self.padding}, "
                f"stride={self.stride}, calculated shape of the array of sliding blocks as {self.blocks}, but its components must be at least one.",
            )


def _columns(input: Tensor, at: _Windows) -> Tensor:
    """(N, C, H, W) to (N, C k, L), recorded."""
    n, c = input.shape[:2]
    (kh, kw), (dh, dw), (ph, pw), (sh, sw), (oh, ow) = at.kernel, at.dilation, at.padding, at.stride, at.blocks
    plain = input.detach()
    whole = pad(plain, (pw, pw, ph, ph)) if ph or pw else plain
    whole = whole.contiguous()
    row, column = whole.stride(2), whole.stride(3)
    windows = whole.as_strided((n, c, kh, kw, oh, ow), (whole.stride(0), whole.stride(1), dh * row, dw * column, sh * row, sw * column))
    result = windows.reshape(n, c * kh * kw, oh * ow)
    if result is plain or result._is_view():
        result = result.clone()
    recorded("Im2ColBackward0", _columns_rule, (input,), (result,), (), at)
    return result


def _columns_rule(wanted: list[bool], grads: list[Any], kept: list[Any], at: _Windows) -> list[Tensor | None]:
    return [_image(grads[0], at)]


def _image(columns: Tensor, at: _Windows) -> Tensor:
    """(N, C k, L) to (N, C, H, W), recorded."""
    (kh, kw), (dh, dw), (ph, pw), (sh, sw), (oh, ow) = at.kernel, at.dilation, at.padding, at.stride, at.blocks
    n, c = columns.shape[0], columns.shape[1] // (kh * kw)
    h, w = at.image
    parts = columns.detach().reshape(n, c, kh, kw, oh, ow)
    whole = columns.new_zeros((n, c, h + 2 * ph, w + 2 * pw))
    for i in range(kh):
        for j in range(kw):
            rows, places = slice(i * dh, i * dh + (oh - 1) * sh + 1, sh), slice(j * dw, j * dw + (ow - 1) * sw + 1, sw)
            whole[:, :, rows, places] += parts[:, :, i, j]
    result = whole[:, :, ph : ph + h, pw : pw + w].clone() if ph or pw else whole
    recorded("Col2ImBackward0", _image_rule, (columns,), (result,), (), at)
    return result


def _image_rule(wanted: list[bool], grads: list[Any], kept: list[Any], at: _Windows) -> list[Tensor | None]:
    return [_columns(grads[0], at)]


def _check_type(input: Tensor, op: str) -> None:
    if not (input.is_floating_point() or input.is_complex() or str(input.dtype).endswith("bool")):
        raise error(DtypeError, f'"{op}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")


@composed(
    key="nn.functional.unfold", public=False, also="nn.functional", family="columns", dtypes="floats and complex",
    samples=lambda r: [(r(2, 3, 5, 6), 3), (r(1, 2, 6, 5), (2, 3), (1, 2), (1, 0), (2, 1)), (r(2, 4, 4), 2, 1, 1, 2), (r(0, 2, 4, 4), 2)],
)  # fmt: skip
def unfold(input: Tensor, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Tensor:
    """unfold(input, kernel_size, dilation=1, padding=0, stride=1) -> Tensor

    The windows of images as columns: (N, C, H, W) or (C, H, W) to (N, C k, L), k being the elements of a window and L the number of windows,
    row by row. ShapeError for windows that do not fit.

    >>> import lucet, lucet.nn.functional as F
    >>> F.unfold(lucet.arange(6.).view(1, 1, 2, 3), (2, 2))
    tensor([[[0., 1.],
             [1., 2.],
             [3., 4.],
             [4., 5.]]])
    """
    if input.dim() not in (3, 4) or 0 in input.shape[-3:]:
        raise error(
            ShapeError,
            f"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {list(input.shape)}",
        )
    at = _Windows("unfold", (input.shape[-2], input.shape[-1]), kernel_size, dilation, padding, stride)
    _check_type(input, "im2col_out_cpu")
    if input.dim() == 3:
        return named(_columns(input.unsqueeze(0), at).squeeze(0), "Im2ColBackward0")
    return _columns(input, at)


@composed(
    public=False, also="nn.functional", family="columns", dtypes="floats and complex",
    samples=lambda r: [(r(2, 12, 9), (4, 4), 2), (r(1, 12, 9), (6, 5), (2, 3), (1, 2), (1, 1), (3, 1)), (r(8, 4), (4, 4), 2, 1, 0, 2)],
)  # fmt: skip
def fold(
    input: Tensor, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Tensor:
    """fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1) -> Tensor

    Columns added up where `unfold` took them: (N, C k, L) or (C k, L) to (N, C, *output_size). ShapeError for another number of windows.

    >>> import lucet, lucet.nn.functional as F
    >>> F.fold(lucet.ones(1, 2, 2), (1, 3), (1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    height, width = pair_of("fold", "output_size", output_size)
    if input.dim() not in (2, 3) or 0 in input.shape[-2:]:
        raise error(
            ShapeError,
            f"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: {list(input.shape)}",
        )
    kernel = pair_of("fold", "kernel_size", kernel_size)
    if min(height, width) < 1 or max(height, width) >= 1 << 31:
        raise error(ShapeError, f"Expected output spatial size to be positive, but got: output_size=({height}, {width})")
    if min(kernel) > 0 and input.shape[-2] % (kernel[0] * kernel[1]):
        raise error(
            ShapeError,
            f"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={input.shape[-2]} and kernel_size={kernel}.",
        )
    at = _Windows("fold", (height, width), kernel, dilation, padding, stride)
    if input.shape[-1] != at.blocks[0] * at.blocks[1]:
        raise error(
            ShapeError,
            f"Given output_size=({height}, {width}), kernel_size={at.kernel}, dilation={at.dilation}, padding={at.padding}, stride={at.stride}, expected size of "
            f"input's dimension 2 to match the calculated number of sliding blocks {at.blocks[0]} * {at.blocks[1]} = {at.blocks[0] * at.blocks[1]}, but got "
            f"input.size(2)={input.shape[-1]}.",
        )
    _check_type(input, "col2im_out_cpu")
    if input.dim() == 2:
        return named(_image(input.unsqueeze(0), at).squeeze(0), "Col2ImBackward0")
    return _image(input, at)
