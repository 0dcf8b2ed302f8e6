"""Meshes of devices, of which there is one."""

from typing import Any

import lucet
from lucet import distributed

__all__ = ["DeviceMesh", "init_device_mesh"]


class DeviceMesh:
    """`DeviceMesh("cpu", mesh, *, mesh_dim_names=None)`: the ranks of processes in rows; here rank 0 alone, in any number of dimensions.

    Raises: RuntimeError for more ranks, or another device.
    """

    def __init__(self, device_type: str, mesh: Any = None, *, mesh_dim_names: tuple[str, ...] | None = None):
        if device_type not in ("cpu", "meta"):
            raise RuntimeError(f"DeviceMesh: device {device_type!r} is not available, lucet computes on the CPU")
        self.device_type = device_type
        self.mesh = lucet.as_tensor([0] if mesh is None else mesh, dtype=lucet.int32)
        if self.mesh.numel() != 1:
            distributed._more_than_one(f"DeviceMesh: a mesh of {self.mesh.numel()} processes")
        if mesh_dim_names is not None and len(mesh_dim_names) != self.mesh.dim():
            raise RuntimeError(f"mesh_dim_names: {len(mesh_dim_names)} names for {self.mesh.dim()} dimensions of the mesh")
        self.mesh_dim_names = None if mesh_dim_names is None else tuple(mesh_dim_names)

    @property
    def ndim(self) -> int:
        """How many dimensions the mesh has."""
        return self.mesh.dim()

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        return tuple(self.mesh.shape)

    def size(self, mesh_dim: int | None = None) -> int:
        """1."""
        return self.mesh.numel() if mesh_dim is None else self.mesh.size(mesh_dim)

    def _dim(self, mesh_dim: int | str | None) -> int:
        if isinstance(mesh_dim, str):
            if mesh_dim not in (self.mesh_dim_names or ()):
                raise KeyError(f"Mesh dimension {mesh_dim!r} does not exist. Available mesh dimensions are: {self.mesh_dim_names}")
            return (self.mesh_dim_names or ()).index(mesh_dim)
        if mesh_dim is None and self.ndim > 1:
            raise RuntimeError(f"a mesh of {self.ndim} dimensions: `mesh_dim` must say which is meant")
        return mesh_dim or 0

    def __getitem__(self, names: str | tuple[str, ...]) -> "DeviceMesh":
        chosen = (names,) if isinstance(names, str) else tuple(names)
        for name in chosen:
            self._dim(name)
        return DeviceMesh(self.device_type, self.mesh.reshape((1,) * len(chosen)), mesh_dim_names=chosen)

    def get_group(self, mesh_dim: int | str | None = None) -> Any:
        """The group of this process."""
        self._dim(mesh_dim)
        return distributed.group.WORLD

    def get_all_groups(self) -> list[Any]:
        """The group, for each dimension."""
        return [distributed.group.WORLD] * self.ndim

    def get_rank(self) -> int:
        """0."""
        return distributed.get_rank()

    def get_local_rank(self, mesh_dim: int | str | None = None) -> int:
        """0."""
        self._dim(mesh_dim)
        return 0

    def get_coordinate(self) -> list[int]:
        """Where this process is in the mesh."""
        return [0] * self.ndim

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceMesh) and (self.device_type, self.shape, self.mesh_dim_names) == (other.device_type, other.shape, other.mesh_dim_names)

    def __hash__(self) -> int:
        return hash((self.device_type, self.shape, self.mesh_dim_names))

    def __repr__(self) -> str:
        named = "" if self.mesh_dim_names is None else f", mesh_dim_names={self.mesh_dim_names}"
        return f"DeviceMesh({self.device_type!r}, {self.mesh.tolist()}{named})"


def init_device_mesh(
    device_type: str, mesh_shape: tuple[int, ...], *, mesh_dim_names: tuple[str, ...] | None = None, backend_override: Any = None
) -> DeviceMesh:
    """A mesh of that shape over all processes, of which there is one; makes the process group if there is none.

    >>> import lucet
    >>> mesh = lucet.distributed.init_device_mesh("cpu", (1,), mesh_dim_names=("data",)); mesh.size()
    1
    >>> lucet.distributed.destroy_process_group()
    """
    if mesh_dim_names is not None and len(set(mesh_dim_names)) != len(mesh_dim_names):
        raise RuntimeError(f"Each mesh_dim_name must be unique. Found repeated mesh_dim_name in mesh_dim_names {mesh_dim_names}")
    if mesh_dim_names is not None and len(mesh_shape) != len(mesh_dim_names):
        raise RuntimeError(f"mesh_shape and mesh_dim_names should have same length! Found len(mesh_dim_names): {len(mesh_dim_names)} and len(mesh_shape):{len(mesh_shape)}.")
    mesh = DeviceMesh(device_type, lucet.arange(lucet.Size(mesh_shape).numel()).reshape(mesh_shape), mesh_dim_names=mesh_dim_names)
    if not distributed.is_initialized():
        distributed.init_process_group(rank=0, world_size=1)
    return mesh
