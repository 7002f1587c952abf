import SwiftGANCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Fashion-MNIST: 60,000 + 10,000 grey pictures of clothes, 28 by 28 pixels, 10 classes. It is not part of the library
/// but read from this machine.
///
/// ```swift
/// let train = try FashionMNIST.load(.train)   // uint8 (60000, 28, 28, 1), int32 (60000,)
/// ```
///
/// Source: H. Xiao, K. Rasul and R. Vollgraf (2017), arXiv:1708.07747; licence MIT.
public enum FashionMNIST {
  /// What the classes 0 to 9 show.
  public static let classNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]

  /// How the files can be had.
  public static let howToGet =
    "Install Debian's package (apt-get install dataset-fashion-mnist), or set SWIFTGAN_DATA to a folder that holds the "
    + "four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte "
    + "(each with or without .gz), or holds a folder fashion-mnist with them."

  /// The folder with the files on this machine; nil when there is none. Looked for, in this order: a folder
  /// `fashion-mnist` in the one that the environment's `SWIFTGAN_DATA` names and that folder itself; where the
  /// variable is not set, where Debian's package `dataset-fashion-mnist` puts it.
  public static func folder() -> String? { candidates().first { IDXFolder($0).isComplete } }

  /// The pictures, uint8 `[N, 28, 28, 1]` from 0 (background) to 255, and their classes, int32 `[N]`.
  ///
  /// - Parameters:
  ///   - part: the 60,000 to train on, the 10,000 to test on, or all.
  ///   - folder: where the four files lie; looked for (``folder()``) when nil.
  /// - Throws: `TensorError` (`.io`): how to get the files when they are not there; what is wrong with them.
  public static func load(_ part: DataPart = .train, folder: String? = nil) throws -> LabelledData {
    guard let path = folder ?? self.folder() else {
      let places = candidates().map { JSON.quoted($0) }.joined(separator: ", ")
      // A folder that was named and does not do is an error: other files than the ones meant must not take its place.
      let problem =
        named.map {
          "The environment variable SWIFTGAN_DATA names the folder \(JSON.quoted($0)), "
            + (access($0, F_OK) == 0 ? "but Fashion-MNIST's four files are not all there" : "which does not exist")
        } ?? "Fashion-MNIST is not on this machine"
      throw TensorError(.io, "\(problem); looked in \(places). \(howToGet)")
    }
    let loaded = try IDXFolder(path).load(part)
    let largest = try loaded.labels.flatMap { $0.count > 0 ? try $0.cast(to: .float64).max().item() : nil } ?? 0
    guard Array(loaded.data.shape.dropFirst()) == [28, 28, 1], largest < Double(classNames.count) else {
      let shape = describe(shape: loaded.data.shape)
      throw TensorError(
        .io,
        "The files in \(JSON.quoted(path)) are not Fashion-MNIST's 28 by 28 pixels and classes 0 to 9: "
          + "images \(shape), classes up to \(Int(largest)).")
    }
    return loaded
  }

  /// The folder that the environment names.
  private static var named: String? {
    guard let value = getenv("SWIFTGAN_DATA"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  private static func candidates() -> [String] {
    named.map { ["\($0)/fashion-mnist", $0] } ?? ["/usr/share/datasets/fashion-mnist"]
  }
}
