"""The version of this package: one place, read by the build, the command and emitted programs."""

__version__ = "0.2.0"
