import CSwiftGAN
import SwiftGANCore

final class OperationHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.operation
  let operation: Operation
  let name: CText

  init(_ operation: Operation) {
    self.operation = operation
    name = CText(operation.name)
    super.init(.operation)
  }

  /// One handle for each operation, kept as long as the process: C never frees them.
  static let all: [String: OperationHandle] = Dictionary(
    Operation.names.compactMap { Operation.find($0) }.map { ($0.name, OperationHandle($0)) },
    uniquingKeysWith: { first, _ in first })
}

@_cdecl("sg_operation_find") @implementation
public func sg_operation_find(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let name = try text(name, "name")
    guard let found = OperationHandle.all[name] else {
      throw TensorError(
        .value, "there is no operation named '\(name)'; there are \(Operation.names.joined(separator: ", "))")
    }
    out.pointee = OpaquePointer(Unmanaged.passUnretained(found).toOpaque())
  }
}

private let noName = CText("")

@_cdecl("sg_operation_name") @implementation
public func sg_operation_name(_ operation: OpaquePointer?) -> UnsafePointer<CChar>? {
  (OperationHandle.ifValid(operation)?.name ?? noName).pointer
}

@_cdecl("sg_apply") @implementation
public func sg_apply(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ operation: OpaquePointer?,
  _ inputs: UnsafePointer<OpaquePointer?>?, _ count: Int, _ attributes: UnsafePointer<sg_attribute>?,
  _ attributeCount: Int, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let operation = try OperationHandle.from(operation, "operation").operation
    let inputs = try TensorHandle.list(inputs, count, "inputs").map(\.tensor)
    let given = try array(attributes, attributeCount, "attributes")
    out.pointee = try TensorHandle(operation(inputs, try SwiftGANABI.attributes(given))).passedToC()
  }
}

/// Attributes from C, each key at most once.
private func attributes(_ given: UnsafeBufferPointer<sg_attribute>) throws(TensorError) -> Attributes {
  var pairs: [(key: String, value: AttributeValue)] = []
  pairs.reserveCapacity(given.count)
  for index in given.indices {
    let key = try text(given[index].key, "key of attribute \(index)", "sg_apply")
    guard !pairs.contains(where: { $0.key == key }) else {
      throw TensorError(.value, "sg_apply: the attribute '\(key)' is given twice")
    }
    pairs.append((key: key, value: try value(of: given[index], named: key)))
  }
  return Attributes(pairs)
}

private func value(of attribute: sg_attribute, named key: String) throws(TensorError) -> AttributeValue {
  switch Int(attribute.type) {
  case SG_ATTRIBUTE_INTEGER: return .int(Int(attribute.value.integer))
  case SG_ATTRIBUTE_INTEGERS:
    guard attribute.count >= 0, attribute.count <= 1 << 16 else {
      throw TensorError(
        .value, "sg_apply: the count \(UInt(bitPattern: attribute.count)) of attribute '\(key)' is out of range")
    }
    guard attribute.count > 0 else { return .ints([]) }
    guard let integers = attribute.value.integers else {
      throw TensorError(
        .value, "sg_apply: the integers of attribute '\(key)' are NULL, but their count is \(attribute.count)")
    }
    return .ints(UnsafeBufferPointer(start: integers, count: attribute.count).map { Int($0) })
  case SG_ATTRIBUTE_NUMBER: return .double(attribute.value.number)
  case SG_ATTRIBUTE_BOOL: return .bool(attribute.value.integer != 0)
  case SG_ATTRIBUTE_DTYPE: return .dtype(try dtype(attribute.value.integer, "sg_apply"))
  case SG_ATTRIBUTE_TEXT: return .string(try text(attribute.value.text, "value of attribute '\(key)'", "sg_apply"))
  default:
    throw TensorError(
      .type, "sg_apply: attribute '\(key)' has type \(attribute.type); the types are 0 (integer) to 5 (text)")
  }
}
