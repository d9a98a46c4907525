"""The stages: each reads its upstream by `seq`, and commits its output with its cursor."""
