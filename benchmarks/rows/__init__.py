"""What swiftgan must hold, measured: one file per row, each a short declaration of figures, thresholds and seeds.

python -m rows [ROW ...] [--quick] [--peer PYTHON]      in the folder benchmarks; or: make rows [ROW=A7]
"""
