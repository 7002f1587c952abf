extension JSON {
  /// The value as JSON text; the same value always gives the same bytes.
  ///
  /// Whole numbers up to 2^53 are written without a point, others with the fewest digits that read back to the same
  /// double. JSON has no NaN and no infinity: they are written as `null`.
  /// - Parameter indent: spaces per level; nil (the default) writes one line.
  public func text(indent: Int? = nil) -> String {
    var out = ""
    write(into: &out, indent: indent.map { max(0, $0) }, level: 0)
    return out
  }

  private func write(into out: inout String, indent: Int?, level: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let value): out += JSON.text(of: value)
    case .string(let value): JSON.write(value, into: &out)
    case .array(let elements):
      JSON.write(elements, "[", "]", into: &out, indent: indent, level: level) { element, out in
        element.write(into: &out, indent: indent, level: level + 1)
      }
    case .object(let members):
      JSON.write(Array(members), "{", "}", into: &out, indent: indent, level: level) { member, out in
        JSON.write(member.key, into: &out)
        out += ": "
        member.value.write(into: &out, indent: indent, level: level + 1)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, into out: inout String, indent: Int?, level: Int,
    one: (Element, inout String) -> Void
  ) {
    out += open
    for (position, element) in elements.enumerated() {
      if position > 0 { out += indent == nil ? ", " : "," }
      if let indent { out += "\n" + String(repeating: " ", count: indent * (level + 1)) }
      one(element, &out)
    }
    if let indent, !elements.isEmpty { out += "\n" + String(repeating: " ", count: indent * level) }
    out += close
  }

  private static func text(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    // -0 keeps its sign: as an integer it would lose it.
    if value.magnitude <= maximumExactInteger, !(value == 0 && value.sign == .minus), let whole = Int(exactly: value) {
      return String(whole)
    }
    return value.description
  }

  /// The string in double quotes with the escapes that JSON asks for; also good for naming a value in a message.
  public static func quoted(_ value: String) -> String {
    var out = ""
    write(value, into: &out)
    return out
  }

  private static func write(_ value: String, into out: inout String) {
    out += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{08}": out += "\\b"
      case "\u{0C}": out += "\\f"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
