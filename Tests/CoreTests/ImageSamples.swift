import SwiftGANCore

/// Samples of convolution in groups and of pooling.
let imageSamples: [String: [Sample]] = {
  var samples: [String: [Sample]] = [:]
  let groups: [(image: [Int], filter: [Int], attributes: Attributes)] = [
    ([2, 4, 5, 4], [3, 2, 2, 6], ["groups": .int(2), "padding": .ints([1, 0, 0, 1])]),
    ([1, 5, 4, 3], [3, 3, 1, 3], ["groups": .int(3), "padding": .ints([1, 1]), "stride": .ints([2, 1])]),
    ([1, 4, 5, 2], [2, 2, 1, 4], ["groups": .int(2), "dilation": .ints([1, 2])]),
  ]
  for (image, filter, attributes) in groups {
    let result = Operation.find("conv2d")?([.zeros(image), .zeros(filter)], attributes).shape ?? []
    samples["conv2d", default: []].append(
      Sample(Input(shape: image), Input(shape: filter), attributes: attributes))
    samples["conv2d_input_gradient", default: []].append(
      Sample(
        Input(shape: result), Input(shape: filter),
        attributes: attributes.setting("input_size", .ints(Array(image[1...2])))))
    samples["conv2d_filter_gradient", default: []].append(
      Sample(
        Input(shape: image), Input(shape: result),
        attributes: attributes.setting("filter_size", .ints(Array(filter[0...1])))))
  }
  let pooling: [Sample] = [
    Sample(.distinct(2, 4, 6, 3), attributes: ["window": .ints([2, 2])]),
    Sample(
      .distinct(1, 5, 6, 2),
      attributes: ["window": .ints([3, 2]), "stride": .ints([2, 1]), "padding": .ints([1, 1, 0, 1])]),
    Sample(.distinct(1, 5, 5, 1), attributes: ["window": .int(2), "stride": .int(1), "dilation": .ints([2, 3])]),
    Sample(.distinct(1, 5, 7, 2), attributes: ["output_size": .ints([2, 3])]),
    Sample(.distinct(0, 4, 4, 2), attributes: ["window": .int(2)]),
  ]
  samples["max_pool2d"] = pooling
  samples["max_pool2d_index"] = pooling
  return samples
}()
