import SwiftGANCore
import Testing

@testable import SwiftGANModels

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Files in the IDX format and folders of them: read to the last value, or refused with the reason.
@Suite struct IDXTests {
  /// An IDX file: type, sizes, values.
  private func idx(_ type: UInt8, _ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, type, UInt8(shape.count)]
    for extent in shape {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: extent >> shift)) }
    }
    return bytes + values
  }

  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = Support.temporaryPath("data.idx")
    try AtomicFile.write(path, chunks: [bytes])
    defer { unlink(path) }
    try body(path)
  }

  /// A folder in the form of MNIST with these labels, images of `side` squared whose pixels are the row's number.
  private func withFolder(
    train: [UInt8], test: [UInt8], side: Int = 2, _ body: (String) throws -> Void
  ) throws {
    let folder = Support.temporaryPath("mnist")
    #expect(mkdir(folder, 0o700) == 0)
    var paths: [String] = []
    defer {
      for path in paths { unlink(path) }
      rmdir(folder)
    }
    for (prefix, labels) in [("train", train), ("t10k", test)] {
      let pixels = labels.indices.flatMap { Array(repeating: UInt8($0 % 256), count: side * side) }
      let files = [
        ("\(prefix)-images-idx3-ubyte", idx(8, [labels.count, side, side], pixels)),
        ("\(prefix)-labels-idx1-ubyte", idx(8, [labels.count], labels)),
      ]
      for (name, bytes) in files {
        paths.append("\(folder)/\(name)")
        try AtomicFile.write("\(folder)/\(name)", chunks: [bytes])
      }
    }
    try body(folder)
  }

  @Test func everyTypeOfValue() throws {
    let cases: [(type: UInt8, bytes: [UInt8], dtype: DType, values: [Double])] = [
      (8, [0, 200], .uint8, [0, 200]),
      (9, [255, 127], .int32, [-1, 127]),
      (11, [255, 254, 1, 0], .int32, [-2, 256]),
      (12, [255, 255, 255, 253, 0, 1, 0, 0], .int32, [-3, 65_536]),
      (13, [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], .float32, [1, -2]),
      (14, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x08, 0, 0, 0, 0, 0, 0], .float64, [1, -3]),
    ]
    for one in cases {
      try withFile(idx(one.type, [1, 2], one.bytes)) { path in
        let read = try IDX.read(path)
        #expect(read.dtype == one.dtype && read.shape == [1, 2])
        #expect(try read.cast(to: .float64).scalars(as: Double.self) == one.values)
      }
    }
    try withFile(idx(8, [0, 3], [])) { path in
      let empty = try IDX.read(path)
      #expect(empty.shape == [0, 3])
    }
    try withFile(idx(8, [], [7])) { path in
      let scalar = try IDX.read(path).item()
      #expect(scalar == 7)
    }
  }

  @Test(
    arguments: [
      ([], "cut off"), ([0, 0, 8], "cut off"), ([0, 0, 8, 2, 0, 0, 0, 1], "sizes of 2 axes"),
      ([1, 0, 8, 1, 0, 0, 0, 1, 5], "begins with the bytes 01 00 08 01"),
      ([0, 0, 10, 1, 0, 0, 0, 1, 5], "no IDX file"),
      ([0, 0, 8, 1, 0, 0, 0, 3, 5, 5], "cut off"), ([0, 0, 8, 1, 0, 0, 0, 1, 5, 5], "holds more"),
      ([0, 0, 14, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], "holds fewer"),
      ([0x1f, 0x8b, 8, 0, 0], "damaged or cut off"),
    ] as [([UInt8], String)]) func brokenFiles(_ bytes: [UInt8], _ reason: String) throws
  {
    try withFile(bytes) { path in
      let message = Support.message { _ = try IDX.read(path) }
      #expect(message.contains(reason) && message.contains(path), "\(message)")
    }
  }

  @Test func compressedFiles() throws {
    // gzip of idx(8, [2], [5, 6]), made by Python's gzip.compress(..., mtime=0).
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0xe0, 0x60, 0x64, 0x60, 0x60, 0x60, 0x62,
      0x65, 0x03, 0x00, 0x69, 0xfd, 0x88, 0x01, 0x0a, 0x00, 0x00, 0x00,
    ]
    try withFile(packed) { path in
      let read = try IDX.read(path).scalars(as: UInt8.self)
      #expect(read == [5, 6])
    }
    for damaged in [
      Array(packed.dropLast(9)), Array(packed.dropLast(4)), packed.enumerated().map { $0 == 22 ? ~$1 : $1 },
    ] {
      try withFile(damaged) { path in
        let message = Support.message { _ = try IDX.read(path) }
        #expect(message.contains("damaged or cut off"), "\(message)")
      }
    }
  }

  @Test func folders() throws {
    try withFolder(train: [0, 1, 1, 0], test: [1, 0]) { folder in
      #expect(IDXFolder(folder).isComplete && !IDXFolder("\(folder)/none").isComplete)
      let train = try IDXFolder(folder).load()
      #expect(train.data.shape == [4, 2, 2, 1] && train.data.dtype == .uint8)
      #expect(try train.labels?.scalars(as: Int32.self) == [0, 1, 1, 0])
      #expect(try IDXFolder(folder).load(.all).labels?.scalars(as: Int32.self) == [0, 1, 1, 0, 1, 0])
      let byName = try DatasetRegistry.shared.make(
        ["name": "idx_folder", "folder": .string(folder), "count": 2, "seed": 1])
      #expect(try byName.labels?.scalars(as: Int32.self).sorted() == [0, 1])
      let message = Support.message { _ = try FashionMNIST.load(folder: folder) }
      #expect(message.contains("not Fashion-MNIST's") && message.contains("(4, 2, 2, 1)"))
      try AtomicFile.write("\(folder)/t10k-labels-idx1-ubyte", chunks: [idx(8, [3], [1, 0, 1])])
      #expect(Support.message { _ = try IDXFolder(folder).load(.test) }.contains("3 labels"))
      try AtomicFile.write("\(folder)/t10k-labels-idx1-ubyte", chunks: [idx(12, [2], Array(repeating: 0, count: 8))])
      #expect(Support.message { _ = try IDXFolder(folder).load(.test) }.contains("labels are uint8 of 1 axis"))
      unlink("\(folder)/train-images-idx3-ubyte")
      let missing = Support.message { _ = try IDXFolder(folder).load() }
      #expect(missing.contains("holds no file train-images-idx3-ubyte"))
    }
  }

  @Test func fashionOfTheRightForm() throws {
    try withFolder(train: [9, 0], test: [3], side: 28) { folder in
      #expect(try FashionMNIST.load(.test, folder: folder).data.shape == [1, 28, 28, 1])
      try AtomicFile.write("\(folder)/t10k-labels-idx1-ubyte", chunks: [idx(8, [1], [10])])
      #expect(Support.message { _ = try FashionMNIST.load(.test, folder: folder) }.contains("classes up to 10"))
    }
    #expect(FashionMNIST.classNames.count == 10)
  }
}

/// Parts of a data set in which every class keeps its share.
@Suite struct StratifiedTests {
  @Test func digitsSplitAsTheyShould() throws {
    let all = Digits.labelled()
    let (train, test) = (try all.part(.train), try all.part(.test))
    #expect(train.data.shape == [1347, 8, 8, 1] && test.data.shape == [450, 8, 8, 1])
    let whole = try #require(try all.labels?.scalars(as: Int32.self))
    let part = try #require(try test.labels?.scalars(as: Int32.self))
    for digit in 0..<10 {
      let share = Double(whole.count { $0 == Int32(digit) }) * 450 / 1797
      #expect(abs(Double(part.count { $0 == Int32(digit) }) - share) < 1)
    }
    let rows = try Stratified.split(whole)
    #expect((rows.train + rows.test).sorted() == Array(0..<1797))
    #expect(try Stratified.split(whole).test == rows.test && Stratified.split(whole, seed: 1).test != rows.test)
    #expect(try all.part(.all).data.shape == all.data.shape)
  }

  @Test func smallSamplesHaveEveryClass() throws {
    let labels: [Int32] = (0..<100).map { $0 < 90 ? 3 : -1 }
    #expect(try Stratified.sample(10, of: labels).count { $0 >= 90 } == 1)
    #expect(try Stratified.sample(100, of: labels) == Array(0..<100))
    #expect(try Stratified.sample(0, of: labels).isEmpty)
    let twenty = try Digits.labelled().sample(20, seed: 5)
    #expect(Set(try #require(try twenty.labels?.scalars(as: Int32.self))).count == 10)
    #expect(Support.message { _ = try Stratified.sample(101, of: labels) }.contains("101 of 100"))
    for size in [0, 1, .nan, 0.999] {
      #expect(Support.message { _ = try Stratified.split(labels, testSize: size) }.contains("test_size"))
    }
    #expect(Support.message { _ = try LabelledData(.ones([3])).sample(1) }.contains("no labels"))
  }
}
