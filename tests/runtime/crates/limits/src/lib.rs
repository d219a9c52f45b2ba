//! What the catalogue says of libraries that end a connect by themselves: see `tests/`.
