import SwiftGANCore

/// What kind of object stands behind a pointer that C holds. The numbers are bytes that ordinary memory seldom holds,
/// so that a pointer to something else is recognised as such.
enum HandleKind: UInt64, CaseIterable {
  case tensor = 0x7347_414e_0a54_e501
  case operation = 0x7347_414e_0b0b_e502
  case generator = 0x7347_414e_0c9e_e503
  case parameter = 0x7347_414e_0d9a_e504
  case layer = 0x7347_414e_0e1a_e505
  case optimizer = 0x7347_414e_0f09_e506
  case game = 0x7347_414e_1a9a_e507
  case trainer = 0x7347_414e_1b7e_e508
  case model = 0x7347_414e_1c0d_e509
  case function = 0x7347_414e_1d2f_e50a
  case outputs = 0x7347_414e_1e3b_e50b
  case profile = 0x7347_414e_1f1c_e50c

  /// The name of its type in the header.
  var typeName: String { "sg_\(self)" }
}

/// The object behind an opaque pointer of the C interface: C owns one reference for each pointer given out.
///
/// Its first word after Swift's own two says what it is. The word is read before anything else is done with a pointer
/// that came from C, so that a handle of another type, and often one that was freed, is an error and not a crash.
class Handle: @unchecked Sendable {
  fileprivate static let kindOffset = 16
  fileprivate static let freed: UInt64 = 0xdead_7347_414e_dead

  private let kind: UInt64

  init(_ kind: HandleKind) { self.kind = kind.rawValue }

  // Written as raw memory: a store to a property of a dying object may be dropped as of no effect.
  deinit {
    Unmanaged.passUnretained(self).toOpaque().storeBytes(
      of: Handle.freed, toByteOffset: Handle.kindOffset, as: UInt64.self)
  }
}

/// A handle class of one kind, whose pointers C knows under one type.
protocol HandleType: Handle {
  static var kind: HandleKind { get }
}

extension HandleType {
  /// The pointer for C, who owns the reference that it stands for.
  func passedToC() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// The object behind a pointer from C.
  static func from(_ pointer: OpaquePointer?, _ argument: StaticString, _ function: String = #function)
    throws(TensorError) -> Self
  {
    guard let pointer else {
      throw TensorError(.value, "\(cName(function)): '\(argument)' is NULL; it must be \(withArticle(kind))")
    }
    guard word(pointer) == kind.rawValue else { throw mistaken(pointer, "\(cName(function)): '\(argument)'") }
    return Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// As `from`, but nil for NULL and for what is no such handle.
  static func ifValid(_ pointer: OpaquePointer?) -> Self? {
    guard let pointer, word(pointer) == kind.rawValue else { return nil }
    return Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// One more reference for C. What is no such handle is given back untouched.
  static func retain(_ pointer: OpaquePointer?) -> OpaquePointer? {
    guard let pointer, word(pointer) == kind.rawValue else { return pointer }
    _ = Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).retain()
    return pointer
  }

  /// Gives up C's reference. What is no such handle is left alone: a leak is better than a crash.
  static func release(_ pointer: OpaquePointer?) {
    guard let pointer, word(pointer) == kind.rawValue else { return }
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }

  private static func mistaken(_ pointer: OpaquePointer, _ place: String) -> TensorError {
    let found = word(pointer)
    if let other = HandleKind.allCases.first(where: { $0.rawValue == found }) {
      return TensorError(.type, "\(place) must be \(withArticle(kind)), not \(withArticle(other))")
    }
    if found == Handle.freed {
      return TensorError(.type, "\(place) is a handle that has been freed; retain a handle that is to be used longer")
    }
    return TensorError(.type, "\(place) must be \(withArticle(kind)), but no handle of swiftgan is at that address")
  }
}

/// The word that says what a handle is; 0 for an address that no handle can have.
private func word(_ pointer: OpaquePointer) -> UInt64 {
  guard UInt(bitPattern: pointer) % 16 == 0 else { return 0 }
  return UnsafeRawPointer(pointer).load(fromByteOffset: Handle.kindOffset, as: UInt64.self)
}

private func withArticle(_ kind: HandleKind) -> String { "an \(kind.typeName)" }

/// The name of a C function from `#function` of its implementation: `sg_apply(_:_:)` is sg_apply.
func cName(_ function: String) -> String { String(function.prefix { $0 != "(" }) }
