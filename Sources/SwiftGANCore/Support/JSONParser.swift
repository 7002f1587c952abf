/// A recursive-descent reader of RFC 8259 over bytes; strict: no comments, no trailing commas, no duplicate names.
struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  mutating func parseDocument() throws -> JSON {
    // Checked once here, so that every later slice of a string is known to be good UTF-8.
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TensorError(.value, "JSON: the text is not valid UTF-8.")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let value = try parseValue(depth: 0)
    skipSpace()
    if position < bytes.count { throw failure("nothing more after the value") }
    return value
  }

  private mutating func parseValue(depth: Int) throws -> JSON {
    guard depth < JSON.maximumDepth else {
      throw TensorError(.value, "JSON: nested deeper than \(JSON.maximumDepth) levels at \(place(position)).")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try parseObject(depth: depth)
    case UInt8(ascii: "["): return try parseArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"): return .number(try parseNumber())
    case let byte? where JSONParser.isDigit(byte): return .number(try parseNumber())
    default: throw failure("a value")
    }
  }

  private mutating func parseObject(depth: Int) throws -> JSON {
    position += 1
    var object = JSONObject()
    skipSpace()
    if take("}") { return .object(object) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("a name in double quotes") }
      let start = position
      let name = try parseString()
      guard object[name] == nil else {
        throw TensorError(.value, "JSON: the name \(JSON.quoted(name)) occurs twice in one object, at \(place(start)).")
      }
      skipSpace()
      guard take(":") else { throw failure("':' after the name \(JSON.quoted(name))") }
      object[name] = try parseValue(depth: depth + 1)
      skipSpace()
      if take("}") { return .object(object) }
      guard take(",") else { throw failure("',' or '}'") }
    }
  }

  private mutating func parseArray(depth: Int) throws -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try parseValue(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw failure("',' or ']'") }
    }
  }

  private mutating func parseWord(_ word: String, _ value: JSON) throws -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("a value (did you mean '\(word)'?)") }
    position += word.utf8.count
    return value
  }

  /// The grammar of the standard, which `Double(_:)` alone does not enforce (it takes "0x1p3", "nan", "01").
  private mutating func parseNumber() throws -> Double {
    let start = position
    _ = take("-")
    if !take("0") { try takeDigits() }
    if take(".") { try takeDigits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try takeDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw TensorError(.value, "JSON: the number \(text) at \(place(start)) is too large for a double.")
    }
    return value
  }

  private mutating func takeDigits() throws {
    let start = position
    while let byte = peek, JSONParser.isDigit(byte) { position += 1 }
    if position == start { throw failure("a digit") }
  }

  private mutating func parseString() throws -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try parseEscape(into: &text)
      case 0..<0x20:
        throw failure("no raw control character in a string (write it as an escape, \\u00..)")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw failure("a closing '\"'")
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws {
    let start = position - 1
    guard let letter = peek else { throw failure("a character after '\\'") }
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      let scalar = try parseUnicodeEscape(start: start)
      text.append(contentsOf: Array(String(Character(scalar)).utf8))
      return
    default: throw failure("one of \" \\ / b f n r t u after '\\'")
    }
    position += 1
  }

  /// The scalar of `\uXXXX`, or of a surrogate pair of two such escapes; a lone surrogate is no character.
  private mutating func parseUnicodeEscape(start: Int) throws -> Unicode.Scalar {
    let first = try parseFourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, take("\\"), take("u") {
      let second = try parseFourHexDigits()
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw TensorError(.value, "JSON: half of a surrogate pair alone, at \(place(start)).")
  }

  private mutating func parseFourHexDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits after '\\u'")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: Bytes and places

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func failure(_ expected: String) -> TensorError {
    let found: String
    if position >= bytes.count {
      found = "the text ends"
    } else {
      // Sixteen bytes hold at least one whole character.
      let rest = String(decoding: bytes[position..<min(position + 16, bytes.count)], as: UTF8.self)
      found = "found \(JSON.quoted(String(rest.unicodeScalars.prefix(1))))"
    }
    return TensorError(.value, "JSON: expected \(expected) at \(place(position)), but \(found).")
  }

  /// Lines and columns count from 1; a column is a byte, as in most editors' goto.
  private func place(_ offset: Int) -> String {
    let before = bytes[..<min(offset, bytes.count)]
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return "line \(line), column \(before.count - lineStart + 1)"
  }
}
