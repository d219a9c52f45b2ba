//! Turns the paths on the command line into files.
