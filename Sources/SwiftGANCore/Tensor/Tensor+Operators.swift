// Operators and elementwise functions. Tensors broadcast as in NumPy and meet in their common type; a Swift number takes
// the tensor's type (float32 when the tensor holds integers and the number is not whole).

extension Tensor {
  /// A scalar to combine with this tensor.
  func scalar(_ value: Double) -> Tensor {
    let isWhole = value.rounded() == value && Swift.abs(value) < 0x1p53
    let keeps = dtype.isFloat || (isWhole && dtype != .bool && dtype.holds(value))
    return .full(value, [], dtype: keeps ? dtype : isWhole ? .int64 : .float32)
  }

  fileprivate static func binary(_ primitive: Primitive, _ a: Tensor, _ b: Tensor) -> Tensor {
    apply(primitive, [a, b])
  }

  /// The sum, element by element.
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
  /// The number added to every element.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.scalar(b) }
  /// The number added to every element.
  public static func + (a: Double, b: Tensor) -> Tensor { b.scalar(a) + b }
  /// The difference, element by element.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
  /// The number taken from every element.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.scalar(b) }
  /// Every element taken from the number.
  public static func - (a: Double, b: Tensor) -> Tensor { b.scalar(a) - b }
  /// The product, element by element; `matmul` is the matrix product.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
  /// Every element times the number.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.scalar(b) }
  /// Every element times the number.
  public static func * (a: Double, b: Tensor) -> Tensor { b.scalar(a) * b }
  /// True division: integers give float32.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }
  /// Every element divided by the number.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.scalar(b) }
  /// The number divided by every element.
  public static func / (a: Double, b: Tensor) -> Tensor { b.scalar(a) / b }
  /// Every element with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { apply(.negative, [a]) }

  /// The larger of the two, element by element; NaN wins.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.maximum, a, b) }
  /// The larger of element and number.
  public static func maximum(_ a: Tensor, _ b: Double) -> Tensor { maximum(a, a.scalar(b)) }
  /// The smaller of the two, element by element; NaN wins.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { binary(.minimum, a, b) }
  /// The smaller of element and number.
  public static func minimum(_ a: Tensor, _ b: Double) -> Tensor { minimum(a, a.scalar(b)) }

  /// This tensor to the power of another.
  public func pow(_ exponent: Tensor) -> Tensor { Tensor.binary(.power, self, exponent) }
  /// Every element to the power of a number.
  public func pow(_ exponent: Double) -> Tensor { exponent == 2 ? square() : pow(scalar(exponent)) }

  /// Whether a equals b, element by element (bool).
  public static func .== (a: Tensor, b: Tensor) -> Tensor { binary(.equal, a, b) }
  /// Whether a equals b, element by element (bool).
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== a.scalar(b) }
  /// Whether a differs from b, element by element (bool).
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { binary(.notEqual, a, b) }
  /// Whether a differs from b, element by element (bool).
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= a.scalar(b) }
  /// Whether a is less than b, element by element (bool).
  public static func .< (a: Tensor, b: Tensor) -> Tensor { binary(.less, a, b) }
  /// Whether a is less than b, element by element (bool).
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< a.scalar(b) }
  /// Whether a is at most b, element by element (bool).
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { binary(.lessEqual, a, b) }
  /// Whether a is at most b, element by element (bool).
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= a.scalar(b) }
  /// Whether a is greater than b, element by element (bool).
  public static func .> (a: Tensor, b: Tensor) -> Tensor { binary(.greater, a, b) }
  /// Whether a is greater than b, element by element (bool).
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> a.scalar(b) }
  /// Whether a is at least b, element by element (bool).
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { binary(.greaterEqual, a, b) }
  /// Whether a is at least b, element by element (bool).
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= a.scalar(b) }
  /// Both (bool).
  public static func .& (a: Tensor, b: Tensor) -> Tensor { binary(.logicalAnd, a, b) }
  /// Either or both (bool).
  public static func .| (a: Tensor, b: Tensor) -> Tensor { binary(.logicalOr, a, b) }
  /// One but not both (bool).
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { binary(.logicalXor, a, b) }
  /// Not (bool).
  public static prefix func .! (a: Tensor) -> Tensor { apply(.logicalNot, [a]) }

  /// `a` where the condition holds, `b` elsewhere; all three broadcast, `a` and `b` have one type.
  public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    apply(.select, [condition, a, b])
  }
}

extension Tensor {
  /// e^x.
  public func exp() -> Tensor { apply(.exp, [self]) }
  /// e^x - 1, exact for small x.
  public func expm1() -> Tensor { apply(.expm1, [self]) }
  /// The natural logarithm.
  public func log() -> Tensor { apply(.log, [self]) }
  /// log(1 + x), exact for small x.
  public func log1p() -> Tensor { apply(.log1p, [self]) }
  /// The square root; NaN below 0.
  public func sqrt() -> Tensor { apply(.sqrt, [self]) }
  /// 1 / sqrt(x).
  public func rsqrt() -> Tensor { apply(.rsqrt, [self]) }
  /// 1 / x.
  public func reciprocal() -> Tensor { apply(.reciprocal, [self]) }
  /// The hyperbolic tangent.
  public func tanh() -> Tensor { apply(.tanh, [self]) }
  /// 1 / (1 + e^-x).
  public func sigmoid() -> Tensor { apply(.sigmoid, [self]) }
  /// log(1 + e^x), without overflow.
  public func softplus() -> Tensor { apply(.softplus, [self]) }
  /// The error function.
  public func erf() -> Tensor { apply(.erf, [self]) }
  /// The sine of x in radians.
  public func sin() -> Tensor { apply(.sin, [self]) }
  /// The cosine of x in radians.
  public func cos() -> Tensor { apply(.cos, [self]) }
  /// The magnitude.
  public func abs() -> Tensor { apply(.absolute, [self]) }
  /// max(x, 0); its gradient at 0 is 0, as in every deep-learning library.
  public func relu() -> Tensor { apply(.relu, [self]) }
  /// -1, 0 or 1.
  public func sign() -> Tensor { apply(.sign, [self]) }
  /// x times x.
  public func square() -> Tensor { apply(.square, [self]) }
  /// The largest integer not above x.
  public func floor() -> Tensor { apply(.floor, [self]) }
  /// The smallest integer not below x.
  public func ceil() -> Tensor { apply(.ceil, [self]) }
  /// To the nearest integer, halves to even.
  public func round() -> Tensor { apply(.round, [self]) }
  /// True where the element is neither infinite nor NaN.
  public func isFinite() -> Tensor { apply(.isFinite, [self]) }

  /// The elements converted to another type: floats to integers truncate toward zero and saturate.
  public func cast(to type: DType) -> Tensor {
    type == dtype ? self : apply(.cast, [self], ["dtype": .dtype(type)])
  }

  /// The same values with no way back for gradients.
  public func stopGradient() -> Tensor { isTracked ? apply(.stopGradient, [self]) : self }
}

extension Primitive {
  static let add = named("add")
  static let subtract = named("subtract")
  static let multiply = named("multiply")
  static let divide = named("divide")
  static let power = named("power")
  static let negative = named("negative")
  static let maximum = named("maximum")
  static let minimum = named("minimum")
  static let equal = named("equal")
  static let notEqual = named("not_equal")
  static let less = named("less")
  static let lessEqual = named("less_equal")
  static let greater = named("greater")
  static let greaterEqual = named("greater_equal")
  static let logicalAnd = named("logical_and")
  static let logicalOr = named("logical_or")
  static let logicalXor = named("logical_xor")
  static let logicalNot = named("logical_not")
  static let select = named("select")
  static let cast = named("cast")
  static let exp = named("exp")
  static let expm1 = named("expm1")
  static let log = named("log")
  static let log1p = named("log1p")
  static let sqrt = named("sqrt")
  static let rsqrt = named("rsqrt")
  static let reciprocal = named("reciprocal")
  static let tanh = named("tanh")
  static let sigmoid = named("sigmoid")
  static let softplus = named("softplus")
  static let erf = named("erf")
  static let sin = named("sin")
  static let cos = named("cos")
  static let absolute = named("absolute")
  static let relu = named("relu")
  static let sign = named("sign")
  static let square = named("square")
  static let floor = named("floor")
  static let ceil = named("ceil")
  static let round = named("round")
  static let isFinite = named("is_finite")
}
