import SwiftGANCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Files") struct FileTests {
  private func inTemporaryDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("\(temporaryFolder)/swiftgan-files-XXXXXX".utf8CString)
    let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkdtemp($0) != nil } ?? false }
    try #require(isMade)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      for name in names(in: path) { unlink(path + "/" + name) }
      rmdir(path)
    }
    try body(path)
  }

  private func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? TensorError).flatMap { $0.kind == .io ? $0.message : nil }
    }
  }

  @Test("what is written is read back, and replaces what was there") func roundTrip() throws {
    try inTemporaryDirectory { directory in
      let path = directory + "/file"
      let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try AtomicFile.write(path, chunks: [[], large, [1, 2]])
      #expect(try File.read(path) == large + [1, 2])
      try AtomicFile.write(path, text: "é")
      #expect(try File.read(path) == [0xC3, 0xA9])
      try AtomicFile.write(path, chunks: [])
      #expect(try File.read(path) == [])
      #expect(names(in: directory) == ["file"])
    }
  }

  @Test("a write that fails half way leaves the old file and no other") func failure() throws {
    try inTemporaryDirectory { directory in
      let path = directory + "/file"
      try AtomicFile.write(path, text: "old")
      let error = #expect(throws: TensorError.self) {
        try AtomicFile.write(path) { append in
          try [UInt8]("new".utf8).withUnsafeBytes(append)
          throw TensorError(.interrupted, "stop")
        }
      }
      #expect(error?.kind == .interrupted)
      #expect(try File.read(path) == Array("old".utf8))
      #expect(names(in: directory) == ["file"])
    }
  }

  @Test("a symbolic link stays, its target changes, and the mode of a file is kept") func linksAndModes() throws {
    try inTemporaryDirectory { directory in
      let (path, link) = (directory + "/file", directory + "/link")
      try AtomicFile.write(path, text: "old")
      #expect(chmod(path, 0o640) == 0)
      #expect(symlink(path, link) == 0)
      try AtomicFile.write(link, text: "new")
      #expect(try File.read(path) == Array("new".utf8))
      var information = stat()
      #expect(lstat(link, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK)
      #expect(stat(path, &information) == 0 && information.st_mode & 0o777 == 0o640)
      #expect(names(in: directory) == ["file", "link"])
    }
  }

  @Test("faults name the path and the reason") func faults() throws {
    try inTemporaryDirectory { directory in
      let missing = directory + "/no/file"
      #expect(message { _ = try File.read(missing) } == "Cannot open \"\(missing)\": No such file or directory.")
      #expect(
        message { try AtomicFile.write(missing, text: "") } == "Cannot write \"\(missing)\": No such file or directory."
      )
      #expect(message { _ = try File.read(directory) } == "Cannot read \"\(directory)\": it is a directory.")
      #expect(message { _ = try File.read("/dev/null") } == "Cannot read \"/dev/null\": it is not a regular file.")
      #expect(
        message { try AtomicFile.write(directory, text: "") } == "Cannot write \"\(directory)\": it is a directory.")
      #expect(message { _ = try File.read("a\0b") } == "The path \"a\\u0000b\" contains a NUL character.")
      #expect(message { try AtomicFile.write("", text: "") } == "The path of the file is empty.")
      let path = directory + "/file"
      try AtomicFile.write(path, text: "abc")
      #expect(message { _ = try File.read(path, limit: 2) }?.hasSuffix("it holds 3 bytes, more than 2.") == true)
      #expect(
        message { _ = try File(reading: path).read(count: 2, at: 2) }
          == "Cannot read 2 bytes at offset 2 of \"\(path)\": it holds 3 bytes.")
      #expect(names(in: directory) == ["file"])
    }
  }
}
