import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Safetensors") struct SafetensorsTests {
  private func bytes(header: String, data: [UInt8]) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text + data
  }

  private func read(_ bytes: [UInt8]) throws -> Safetensors.Contents {
    try withTemporaryDirectory { directory in
      try AtomicFile.write(directory + "/file", chunks: [bytes])
      return try Safetensors.read(directory + "/file")
    }
  }

  @Test("all types, shapes and values come back, with metadata") func roundTrip() throws {
    var tensors = NamedTensors()
    tensors["z.float"] = Tensor([1.5, -0.0, .infinity, 0x1p-149] as [Float], shape: [2, 2])
    tensors["double"] = Tensor([0.1, -.greatestFiniteMagnitude] as [Double])
    tensors["int32"] = Tensor([Int32.min, Int32.max])
    tensors["int64"] = Tensor([Int64.min, Int64.max])
    tensors["byte"] = Tensor([0, 255, 7] as [UInt8])
    tensors["flag"] = Tensor([true, false, true])
    tensors["scalar"] = Tensor(3)
    tensors["empty"] = Tensor.zeros([0, 4])
    tensors["transposed"] = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).transposed()
    tensors["ü \"quoted\"\n"] = Tensor(1)
    let metadata = ["format": "swiftgan", "ключ": "знач\u{1}ение", "a": ""]
    try withTemporaryDirectory { directory in
      let path = directory + "/a.safetensors"
      try Safetensors.write(tensors, metadata: metadata, to: path)
      let file = try Safetensors.read(path)
      #expect(file.metadata == metadata)
      #expect(Set(file.tensors.names) == Set(tensors.names))
      for (name, tensor) in tensors {
        let found = try #require(file.tensors[name])
        #expect(found.shape == tensor.shape && found.dtype == tensor.dtype, "\(name)")
        let same = try found.withUnsafeBytes { a in try tensor.withUnsafeBytes { b in a.elementsEqual(b) } }
        #expect(same, "\(name)")
      }
      // The same content is the same bytes, in whatever order it was gathered.
      var shuffled = NamedTensors()
      for (name, tensor) in tensors.reversed() { shuffled[name] = tensor }
      try Safetensors.write(shuffled, metadata: metadata, to: directory + "/b.safetensors")
      let first = try File.read(path)
      #expect(try File.read(directory + "/b.safetensors") == first)
      let headerLength = first.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect((8 + headerLength) % 8 == 0)
      #expect(fileNames(in: directory) == ["a.safetensors", "b.safetensors"])
    }
  }

  @Test("a file as the reference implementation writes it is read") func reference() throws {
    let header =
      #"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"n":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}  "#
    let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 192, 5, 0, 0, 0, 0, 0, 0, 0]
    let file = try read(bytes(header: header, data: data))
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.tensors["w"]?.doubles() == [1, -2])
    #expect(try file.tensors["n"]?.item() == 5)
  }

  @Test("half-precision numbers become float32") func halves() throws {
    // 1, -2, 65504 (largest), 2^-24 (smallest), 2^-14 (smallest normal), infinity, -0.
    let bits: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x0400, 0x7C00, 0x8000]
    let values: [Double] = [1, -2, 65504, 0x1p-24, 0x1p-14, .infinity, -0.0]
    let data = bits.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let header = #"{"x": {"dtype": "F16", "shape": [7], "data_offsets": [0, 14]}}"#
    let tensor = try #require(try read(bytes(header: header, data: data)).tensors["x"])
    #expect(tensor.dtype == .float32)
    #expect(try tensor.doubles() == values)
    #expect(Safetensors.float(half: 0x8000).sign == .minus)
    #expect(Safetensors.float(half: 0x7E00).isNaN)
    let brain = #"{"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}"#
    #expect(try read(bytes(header: brain, data: [0x80, 0x3F, 0x49, 0xC0])).tensors["x"]?.doubles() == [1, -3.140625])
  }

  private static let good = #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#

  @Test(
    "damaged files are refused with a reason",
    arguments: [
      (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#, 4, "it is cut short"),
      (good, 8, "the rest belongs to no tensor"),
      (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#, 4, "takes 8 bytes"),
      (
        #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}"#, 4, "is no list of sizes"
      ),
      (
        #"{"a": {"dtype": "F32", "shape": [4503599627370496, 4503599627370496], "data_offsets": [0, 4]}}"#, 4,
        "more bytes than can be counted"
      ),
      (#"{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}"#, 4, "is no list of sizes"),
      (#"{"a": {"dtype": "F32", "shape": 1, "data_offsets": [0, 4]}}"#, 4, "it has no shape"),
      (#"{"a": {"dtype": "C64", "shape": [1], "data_offsets": [0, 8]}}"#, 8, "its dtype \"C64\" is none of F32"),
      (#"{"a": {"shape": [1], "data_offsets": [0, 4]}}"#, 4, "it has no dtype"),
      (#"{"a": {"dtype": "F32", "shape": [1]}}"#, 4, "are missing"),
      (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}"#, 4, "are no range of bytes"),
      (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4.5]}}"#, 4, "are no range of bytes"),
      (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], "x": 1}}"#, 4, "unknown member \"x\""),
      (
        #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [2, 6]}}"#,
        6, "overlaps \"a\""
      ),
      (
        #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]}}"#,
        12, "leaves a gap after \"a\""
      ),
      (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, 8, "leaves a gap after the header"),
      (#"{"a": {"dtype": "BOOL", "shape": [4], "data_offsets": [0, 4]}}"#, 4, "a BOOL is 0 or 1, not 7"),
      (#"{"__metadata__": {"a": 1}}"#, 0, "\"a\" is a number, not a string"),
      (#"{"a": 3}"#, 0, "its description is a number"),
      (#"[1]"#, 0, "its header is an array"),
      (#"{"a": "#, 0, "expected a value at line 1"),
      (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": 1}"#, 4, "occurs twice"),
    ])
  func damaged(_ header: String, _ size: Int, _ reason: String) {
    let error = failure { _ = try read(bytes(header: header, data: [UInt8](repeating: 7, count: size))) }
    #expect(error?.kind == .io)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
    #expect(error?.message.contains("is no good safetensors file") == true)
  }

  @Test("a shape of more axes than a tensor can have is refused") func tooManyAxes() {
    let shape = "[" + [String](repeating: "1", count: 1000).joined(separator: ", ") + "]"
    let header = #"{"a": {"dtype": "F32", "shape": "# + shape + #", "data_offsets": [0, 4]}}"#
    let error = failure { _ = try read(bytes(header: header, data: [0, 0, 0, 0])) }
    #expect(error?.kind == .io)
    #expect(error?.message.contains("at most") == true)
  }

  @Test("every single-byte change of the header is read or refused, never worse") func mutations() throws {
    let text = Array(#"{"a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#.utf8)
    try withTemporaryDirectory { directory in
      for position in text.indices {
        for byte in [0, 0x22, 0x2D, 0x30, 0x39, 0x5B, 0x7D, 0xFF] as [UInt8] {
          var changed = text
          changed[position] = byte
          let whole = [UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + changed + [UInt8](repeating: 1, count: 8)
          try AtomicFile.write(directory + "/x", chunks: [whole])
          if let contents = try? Safetensors.read(directory + "/x") {
            #expect(contents.tensors.allSatisfy { $0.tensor.error == nil && $0.tensor.shape.reduce(1, *) <= 8 })
          }
        }
      }
    }
  }

  @Test("files too short or foreign are refused") func foreign() {
    #expect(failure { _ = try read([]) }?.message.contains("it holds 0 bytes") == true)
    #expect(
      failure { _ = try read(Array("PK\u{3}\u{4} a zip archive".utf8)) }?.message.contains("more than 100000000")
        == true)
    #expect(failure { _ = try read([9, 0, 0, 0, 0, 0, 0, 0, 1]) }?.message.contains("only 1 follow") == true)
    #expect(failure { _ = try read([UInt8](repeating: 255, count: 16)) }?.kind == .io)
    #expect(failure { _ = try read(bytes(header: "\u{FF}", data: [])) }?.kind == .io)
    let missing = failure { _ = try Safetensors.read("/no/such/file") }
    #expect(missing == TensorError(.io, "Cannot open \"/no/such/file\": No such file or directory."))
    #expect(failure { _ = try Safetensors.read("/tmp") }?.message.contains("it is a directory") == true)
  }

  @Test("every truncation of a good file is refused") func truncations() throws {
    var tensors = NamedTensors()
    tensors["a"] = Tensor([1, 2, 3] as [Float])
    tensors["b"] = Tensor([1] as [UInt8])
    let whole = try withTemporaryDirectory { directory in
      try Safetensors.write(tensors, to: directory + "/x")
      return try File.read(directory + "/x")
    }
    #expect(try read(whole).tensors.count == 2)
    for length in 0..<whole.count {
      #expect(failure { _ = try read(Array(whole.prefix(length))) }?.kind == .io, "\(length) bytes")
    }
  }

  @Test("what cannot be written leaves the old file") func badWrites() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/x"
      var tensors = NamedTensors()
      tensors["a"] = Tensor(1)
      try Safetensors.write(tensors, to: path)
      let before = try File.read(path)
      tensors["b"] = .failed(TensorError(.value, "bad"))
      #expect(failure { try Safetensors.write(tensors, to: path) } == TensorError(.value, "bad"))
      tensors["b"] = nil
      tensors["__metadata__"] = Tensor(1)
      #expect(failure { try Safetensors.write(tensors, to: path) }?.message.contains("keeps this name") == true)
      #expect(try File.read(path) == before)
      #expect(failure { try Safetensors.write(NamedTensors(), to: directory + "/no/x") }?.kind == .io)
      #expect(fileNames(in: directory) == ["x"])
    }
  }
}
