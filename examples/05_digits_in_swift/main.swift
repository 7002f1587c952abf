// Trains a DCGAN on the handwritten digits that come with the package, in Swift, and writes what it learns to draw.
//
//   swift run -c release DigitsExample          # about a minute on two cores; then look at digits-*.pgm
//
// Another program gets the same with `.package(url: ..., from: "0.1.0")` and the product "SwiftGAN".
import SwiftGAN

let images = Tensor(Digits.images(), shape: [Digits.count, 8, 8])

let gan = try Model.make("dcgan", ["range": [0, 16], "width": 64, "batch_size": 64, "ema": 0.99, "seed": 1])
let picture = try SampleGrid("digits-{epoch}.pgm", every: .epochs(10)) {
  try gan.samplePixels(64, key: RandomKey(seed: 7))
}
let progress = EventCallback { event in
  if event.kind == .epoch {
    let losses = event.metrics.map { "\($0.name) \(($0.value * 1000).rounded() / 1000)" }.joined(separator: "  ")
    print("epoch \(event.epoch)  step \(event.step)  \(losses)")
  }
  return false
}
try gan.fit(images, epochs: 30, callbacks: [picture, progress])

// Saved and loaded, the model gives the same samples, bit for bit; and it could go on training where it stopped.
try gan.save(to: "digits.safetensors")
let again = try Model.load("digits.safetensors")
let same = try (gan.sample(16, seed: 3) .== again.sample(16, seed: 3)).all().item() == 1
print(same ? "digits.safetensors gives the same samples" : "digits.safetensors differs from the model")
