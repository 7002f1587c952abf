// Functions beyond those of the training loop. Arguments broadcast; integers are computed as float32 where the result is not
// whole.

extension Tensor {
  /// The logarithm to base 2.
  public func log2() -> Tensor { apply(.log2, [self]) }
  /// The logarithm to base 10.
  public func log10() -> Tensor { apply(.log10, [self]) }
  /// 2^x.
  public func exp2() -> Tensor { apply(.exp2, [self]) }
  /// The cube root, also of negative numbers. Its slope at 0 is infinite.
  public func cbrt() -> Tensor { apply(.cbrt, [self]) }
  /// The tangent of x in radians.
  public func tan() -> Tensor { apply(.tan, [self]) }
  /// The angle in -pi/2...pi/2 whose sine is x; NaN outside -1...1.
  public func asin() -> Tensor { apply(.asin, [self]) }
  /// The angle in 0...pi whose cosine is x; NaN outside -1...1.
  public func acos() -> Tensor { apply(.acos, [self]) }
  /// The angle in -pi/2...pi/2 whose tangent is x.
  public func atan() -> Tensor { apply(.atan, [self]) }
  /// The hyperbolic sine.
  public func sinh() -> Tensor { apply(.sinh, [self]) }
  /// The hyperbolic cosine.
  public func cosh() -> Tensor { apply(.cosh, [self]) }
  /// The inverse of the hyperbolic sine.
  public func asinh() -> Tensor { apply(.asinh, [self]) }
  /// The inverse of the hyperbolic cosine; NaN below 1.
  public func acosh() -> Tensor { apply(.acosh, [self]) }
  /// The inverse of the hyperbolic tangent; NaN outside -1...1.
  public func atanh() -> Tensor { apply(.atanh, [self]) }
  /// The whole number next to x on the side of 0.
  public func trunc() -> Tensor { apply(.trunc, [self]) }
  /// True where the element is NaN.
  public func isNaN() -> Tensor { self .!= self }
  /// True where the element is infinite.
  public func isInf() -> Tensor { dtype.isFloat ? abs() .== Double.infinity : zerosLike.cast(to: .bool) }
  /// True where the sign bit is set: negative numbers and -0.
  public func signBit() -> Tensor { dtype.isFloat ? Tensor.copysign(onesLike, self) .< 0 : self .< 0 }

  /// log(x / (1 - x)), the inverse of the sigmoid.
  public func logit() -> Tensor { log() - (-floating).log1p() }

  /// NaN replaced by a number, infinities by the type's largest and smallest finite numbers unless others are given.
  public func nanToNum(nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil) -> Tensor {
    guard error == nil, dtype.isFloat else { return self }
    let largest = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
    let numbers = Tensor.select(isNaN(), scalar(nan), self)
    let bounded = Tensor.select(numbers .== Double.infinity, scalar(positiveInfinity ?? largest), numbers)
    return .select(bounded .== -Double.infinity, scalar(negativeInfinity ?? -largest), bounded)
  }
}

extension Tensor {
  /// a / b rounded down; integers by 0 give 0.
  public static func floorDivide(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.floorDivide, [a, b]) }
  /// What is left of a after `floorDivide` by b, with the sign of b, as Python's `%`; integers by 0 give 0.
  public static func remainder(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.remainder, [a, b]) }
  /// What is left of a after division by b rounded toward 0, with the sign of a, as C's `fmod`.
  public static func fmod(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.fmod, [a, b]) }
  /// The angle of the point (x, y) in -pi...pi.
  public static func atan2(_ y: Tensor, _ x: Tensor) -> Tensor { apply(.atan2, [y, x]) }
  /// sqrt(a^2 + b^2) without overflow; its slope at the origin is taken as 0.
  public static func hypot(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.hypot, [a, b]) }
  /// The magnitude of a with the sign of b.
  public static func copysign(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.copysign, [a, b]) }
  /// The number next to a in the direction of b.
  public static func nextAfter(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.nextafter, [a, b]) }
  /// log(e^a + e^b) without overflow.
  public static func logAddExp(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.logaddexp, [a, b]) }
  /// Bits that both integers (or bools) have.
  public static func bitwiseAnd(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.bitwiseAnd, [a, b]) }
  /// Bits that one or both integers (or bools) have.
  public static func bitwiseOr(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.bitwiseOr, [a, b]) }
  /// Bits that exactly one of two integers (or bools) has.
  public static func bitwiseXor(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.bitwiseXor, [a, b]) }
  /// The bits of integers a moved b places up; all are shifted out by a negative b or one of the type's width or
  /// more.
  public static func leftShift(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.leftShift, [a, b]) }
  /// The bits of integers a moved b places down, the sign kept; as for `leftShift`.
  public static func rightShift(_ a: Tensor, _ b: Tensor) -> Tensor { apply(.rightShift, [a, b]) }
  /// Every bit of integers (or bools) the other way.
  public func bitwiseInvert() -> Tensor { apply(.bitwiseInvert, [self]) }
}

extension Primitive {
  static let log2 = named("log2")
  static let log10 = named("log10")
  static let exp2 = named("exp2")
  static let cbrt = named("cbrt")
  static let tan = named("tan")
  static let asin = named("asin")
  static let acos = named("acos")
  static let atan = named("atan")
  static let sinh = named("sinh")
  static let cosh = named("cosh")
  static let asinh = named("asinh")
  static let acosh = named("acosh")
  static let atanh = named("atanh")
  static let trunc = named("trunc")
  static let floorDivide = named("floor_divide")
  static let remainder = named("remainder")
  static let fmod = named("fmod")
  static let atan2 = named("atan2")
  static let hypot = named("hypot")
  static let copysign = named("copysign")
  static let nextafter = named("nextafter")
  static let logaddexp = named("logaddexp")
  static let bitwiseAnd = named("bitwise_and")
  static let bitwiseOr = named("bitwise_or")
  static let bitwiseXor = named("bitwise_xor")
  static let leftShift = named("bitwise_left_shift")
  static let rightShift = named("bitwise_right_shift")
  static let bitwiseInvert = named("bitwise_invert")
}
