// Activations by name, for C and Python.
let activationOperations: [Operation] = [
  Operation("elu", 1...1, ["alpha"]) { x, a in x[0].elu(alpha: try a.double("alpha", default: 1)) },
  Operation("selu") { x, _ in x[0].selu() },
  Operation("mish") { x, _ in x[0].mish() },
  Operation("softsign") { x, _ in x[0].softsign() },
  Operation("hard_sigmoid") { x, _ in x[0].hardSigmoid() },
  Operation("hard_swish") { x, _ in x[0].hardSwish() },
  Operation("log_sigmoid") { x, _ in x[0].logSigmoid() },
  Operation("glu", 1...1, ["axis"]) { x, a in x[0].glu(axis: try a.int("axis", default: -1)) },
]
