import SwiftGANCore
import Testing

@Suite("JSON") struct JSONTests {
  @Test(
    "values are read and written in one form",
    arguments: [
      (#"{"b": 1, "a": [true, false, null]}"#, #"{"b": 1, "a": [true, false, null]}"#), ("  [ ]\n", "[]"), ("{}", "{}"),
      ("-0", "-0.0"), ("1e3", "1000"), ("0.1", "0.1"), ("-1.5E-7", "-1.5e-07"),
      ("9007199254740992", "9007199254740992"),
      (#""\u00e9\ud83d\ude00\b\f\n\r\t\/\\\"""#, #""é😀\b\f\n\r\t/\\\"""#),
      ("\"\\u0000\\u001f\u{7F}\"", #""\u0000\u001f\u007f""#),
      ("\u{FEFF}1", "1"), (#"{"": {"x": [[]]}}"#, #"{"": {"x": [[]]}}"#),
    ])
  func roundTrip(_ text: String, _ expected: String) throws {
    let value = try JSON.parse(text)
    #expect(value.text() == expected)
    #expect(try JSON.parse(value.text()) == value)
    #expect(try JSON.parse(value.text(indent: 2)) == value)
  }

  @Test(
    "faults are named with their place",
    arguments: [
      ("", "expected a value at line 1, column 1, but the text ends"), ("[1,]", "expected a value at line 1, column 4"),
      ("[1 2]", "expected ',' or ']' at line 1, column 4, but found \"2\""), ("{\"a\": 1,\n}", "line 2, column 1"),
      ("{\"a\" 1}", "expected ':' after the name \"a\" at line 1, column 6"), ("{a: 1}", "a name in double quotes"),
      ("{\"a\": 1,\n \"a\": 2}", "the name \"a\" occurs twice in one object, at line 2, column 2"),
      ("01", "expected nothing more after the value at line 1, column 2"), ("1.", "expected a digit"),
      ("-", "expected a digit"),
      ("+1", "expected a value"), (".5", "expected a value"), ("1e", "expected a digit"), ("0x10", "nothing more"),
      ("NaN", "expected a value"), ("nul", "did you mean 'null'?"), ("1e999", "too large for a double"),
      ("\"abc", "expected a closing '\"'"), ("\"\\x\"", "one of \" \\ / b f n r t u"),
      ("\"\\u12g4\"", "four hexadecimal digits"),
      ("\"\\ud800\"", "half of a surrogate pair"), ("\"\\udc00\"", "half of a surrogate pair"),
      ("\"\\ud800\\u0041\"", "half of a surrogate pair"), ("\"a\u{1}\"", "no raw control character"),
      ("1 1", "nothing more"),
    ])
  func faults(_ text: String, _ message: String) {
    do {
      Issue.record("\(try JSON.parse(text).text()) was read from \(text)")
    } catch let error as TensorError {
      #expect(error.kind == .value)
      #expect(error.message.contains(message), "\(error.message)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("depth is limited, and the limit itself is reached") func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(try JSON.parse(nested(JSON.maximumDepth)).text() == nested(JSON.maximumDepth))
    #expect(throws: TensorError.self) { try JSON.parse(nested(JSON.maximumDepth + 1)) }
    #expect(throws: TensorError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
  }

  @Test("bytes that are no UTF-8 are refused") func encoding() {
    for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
      #expect(throws: TensorError(.value, "JSON: the text is not valid UTF-8.")) { try JSON.parse(utf8: bytes) }
    }
  }

  @Test("every prefix and every single-byte change is read or refused, never worse") func mutations() throws {
    let text = Array(#"{"a": [1.5e-3, "x\u00e9\n", {"b": null}], "c": true}"#.utf8)
    for length in 0..<text.count { #expect(throws: TensorError.self) { try JSON.parse(utf8: Array(text[..<length])) } }
    for position in text.indices {
      for byte in [0, 0x22, 0x5C, 0x5B, 0x7D, 0x2C, 0x39, 0xC3, 0xFF] as [UInt8] {
        var changed = text
        changed[position] = byte
        if let value = try? JSON.parse(utf8: changed) { #expect(try JSON.parse(value.text()) == value) }
      }
    }
  }

  @Test("numbers: integers are exact or refused, doubles keep their bits") func numbers() throws {
    #expect(try JSON.parse("9007199254740992").intValue == 9_007_199_254_740_992)
    #expect(try JSON.parse("9007199254740994").intValue == nil)
    #expect(try JSON.parse("1.5").intValue == nil)
    #expect(try JSON.parse("1e2").intValue == 100)
    for value in [0.1, 1 / 3.0, 0x1p-1074, 1.7976931348623157e308, -2.5e-7, 123_456.789] {
      #expect(try JSON.parse(JSON(value).text()).doubleValue == value)
    }
    #expect(JSON(Double.nan).text() == "null")
    #expect(JSON(-Double.infinity).text() == "null")
  }

  @Test("objects keep their order and find members by name") func objects() {
    var object: JSONObject = ["b": 1, "a": 2, "c": 3]
    #expect(object.keys == ["b", "a", "c"])
    object["b"] = nil
    object["a"] = "x"
    object["d"] = .null
    #expect(JSON.object(object).text() == #"{"a": "x", "c": 3, "d": null}"#)
    #expect(object["c"]?.intValue == 3)
    #expect(JSON.object(["a": 1, "b": 2]) != JSON.object(["b": 2, "a": 1]))
    #expect((["x": [1, true]] as JSON)["x"]?.arrayValue?.count == 2)
  }
}
