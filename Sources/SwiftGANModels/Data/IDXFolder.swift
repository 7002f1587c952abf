import SwiftGANCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A folder with the four files of MNIST, or of any set in its form: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`
/// and the same with `t10k` for the test part, each with or without `.gz`.
///
/// ```swift
/// let train = try IDXFolder("/data/mnist").load(.train)   // uint8 (60000, 28, 28, 1), int32 (60000,)
/// ```
public struct IDXFolder: Sendable {
  /// Where the files lie.
  public let path: String

  /// The folder at this path.
  public init(_ path: String) { self.path = path }

  /// Whether all four files are there.
  public var isComplete: Bool {
    [DataPart.train, .test].allSatisfy { part in Content.allCases.allSatisfy { find($0, part) != nil } }
  }

  /// Images, uint8 `[N, height, width, 1]`, and their labels, int32 `[N]`; of both parts (train first) for `.all`.
  ///
  /// - Throws: `TensorError` (`.io`) when a file is missing, damaged, of another rank or type, or when there are not as
  ///   many labels as images.
  public func load(_ part: DataPart = .train) throws -> LabelledData {
    guard part == .all else { return try loadOne(part) }
    let parts = try [loadOne(.train), loadOne(.test)]
    return LabelledData(
      try Tensor.concatenate(parts.map(\.data), axis: 0).checked(),
      labels: try Tensor.concatenate(parts.compactMap(\.labels), axis: 0).checked())
  }

  private func loadOne(_ part: DataPart) throws -> LabelledData {
    let (imagesPath, labelsPath) = (try file(.images, part), try file(.labels, part))
    let (images, labels) = (try IDX.read(imagesPath), try IDX.read(labelsPath))
    guard images.dtype == .uint8, images.rank == 3 else {
      throw IDX.failure(
        imagesPath, "images are uint8 of 3 axes, but it holds \(images.dtype) \(describe(shape: images.shape))")
    }
    guard labels.dtype == .uint8, labels.rank == 1 else {
      throw IDX.failure(
        labelsPath, "labels are uint8 of 1 axis, but it holds \(labels.dtype) \(describe(shape: labels.shape))")
    }
    guard images.shape.first == labels.shape.first else {
      throw IDX.failure(
        labelsPath,
        "it holds \(labels.count) labels, but \(JSON.quoted(imagesPath)) holds \(images.shape.first ?? 0) images")
    }
    return try LabelledData(images.expandDims(at: 3).checked(), labels: labels.cast(to: .int32).checked())
  }

  private enum Content: String, CaseIterable {
    case images = "images-idx3-ubyte"
    case labels = "labels-idx1-ubyte"
  }

  private func file(_ content: Content, _ part: DataPart) throws -> String {
    if let found = find(content, part) { return found }
    let name = "\(Self.prefix(part))-\(content.rawValue)"
    throw TensorError(
      .io, "The folder \(JSON.quoted(path)) holds no file \(name) or \(name).gz, as folders in the form of MNIST do.")
  }

  private func find(_ content: Content, _ part: DataPart) -> String? {
    let base = "\(path)/\(Self.prefix(part))-\(content.rawValue)"
    return [base, "\(base).gz"].first { !$0.utf8.contains(0) && access($0, F_OK) == 0 }
  }

  private static func prefix(_ part: DataPart) -> String { part == .test ? "t10k" : "train" }
}
