"""Typed expressions: one class, interned, and the constructors that keep the normal form."""
