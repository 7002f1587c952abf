/// The layers in which the ops of a trace were written down, each path once and by number; 0 is no layer.
struct LayerPaths {
  /// Every path, outermost layer first.
  private(set) var paths: [[String]] = [[]]
  /// How many places around the trace are not its own.
  var outerPlaces = 0
  /// The layer of the op whose gradient is being computed; nil outside of gradients.
  var gradientOf: Int?
  private var numbers: [[String]: Int] = [[]: 0]

  /// What the gradient's part of a layer is in: the layer's path comes inside it.
  static let gradient = "gradient"

  /// The number of the layer that the thread is in.
  mutating func current(_ places: [Place.Entry]) -> Int {
    if places.count > outerPlaces {
      let path = places[outerPlaces...].filter { $0.kind == .layer }.map(\.name)
      if !path.isEmpty { return number(path) }
    }
    guard let layer = gradientOf else { return 0 }
    // A gradient of a gradient is one, too.
    let path = paths[layer]
    return path.first == LayerPaths.gradient ? layer : number([LayerPaths.gradient] + path)
  }

  private mutating func number(_ path: [String]) -> Int {
    if let known = numbers[path] { return known }
    paths.append(path)
    numbers[path] = paths.count - 1
    return paths.count - 1
  }

  /// The path that all of several layers begin with; those without a layer do not count.
  func shared(_ layers: some Sequence<Int>) -> [String] {
    var found: [String]?
    for layer in Set(layers) where layer > 0 && layer < paths.count {
      let path = paths[layer]
      found = found.map { zip($0, path).prefix { $0 == $1 }.map(\.0) } ?? path
    }
    return found ?? []
  }
}
