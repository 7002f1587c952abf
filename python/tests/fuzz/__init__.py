"""Random programs of 1 to 20 operations: swiftgan against NumPy, and their gradients against JAX.

A program is lines of code that both libraries understand, so that a difference is reported as code to run. Hypothesis
draws programs and reduces one that fails to the smallest that still does. `make fuzz MINUTES=10` runs for long, the
test suite for seconds.
"""
