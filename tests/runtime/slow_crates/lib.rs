//! What is shown stands in `tests/`.
