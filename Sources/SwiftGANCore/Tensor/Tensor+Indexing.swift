// Elements and slices by integer indices: int32 or int64, negative ones count from the end. An index out of range is an
// error that names it, the axis and the axis' size. Tensors never change: what scatters gives a new tensor.

extension Tensor {
  /// The slices at `indices` along `axis`.
  ///
  /// - Parameter indices: of any shape, which takes the place of the axis in the result; a scalar drops the axis.
  public func gather(_ indices: Tensor, axis: Int = 0) -> Tensor {
    apply(.gather, [self, indices], ["axis": .int(axis)])
  }

  /// This tensor with `updates` added to the slices at `indices` along `axis`; repeated indices add up.
  ///
  /// - Parameter updates: of the shape that `gather(indices, axis:)` has.
  public func scatterAdd(_ updates: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
    apply(.scatterAdd, [self, updates, indices], ["axis": .int(axis)])
  }

  /// This tensor with the slices at `indices` along `axis` replaced by `updates`; the last of repeated indices stays, and
  /// it alone has a gradient.
  ///
  /// - Parameter updates: of the shape that `gather(indices, axis:)` has.
  public func scatter(_ updates: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
    apply(.scatter, [self, updates, indices], ["axis": .int(axis)])
  }

  /// Elements along `axis`, each by its own index: `out[i, j] = self[i, indices[i, j]]` for axis 1 of a matrix.
  ///
  /// - Parameter indices: of this tensor's rank; outside the axis both shapes broadcast.
  public func takeAlongAxis(_ indices: Tensor, axis: Int) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      var (own, other) = (shape, try indices.checked().shape)
      if own.count == other.count {
        (own[at], other[at]) = (1, 1)
        do throws(TensorError) { own = try broadcastShape([own, other]) } catch {
          throw error.prefixed("take_along_axis")
        }
        other = own
        (own[at], other[at]) = (shape[at], indices.shape[at])
      }
      return apply(.takeAlongAxis, [broadcast(to: own), indices.broadcast(to: other)], ["axis": .int(at)])
    }
  }

  /// This tensor with `updates` added to the elements that `takeAlongAxis` with the same indices takes; repeated indices
  /// add up. Indices broadcast to this tensor's shape outside the axis, updates to the indices' shape.
  public func scatterAddAlongAxis(_ updates: Tensor, at indices: Tensor, axis: Int) -> Tensor {
    scatterAlongAxis(.scatterAddAlongAxis, updates, indices, axis)
  }

  /// This tensor with the elements that `takeAlongAxis` with the same indices takes replaced by `updates`; the last of
  /// repeated indices stays, and it alone has a gradient. Shapes broadcast as in `scatterAddAlongAxis`.
  public func putAlongAxis(_ updates: Tensor, at indices: Tensor, axis: Int) -> Tensor {
    scatterAlongAxis(.putAlongAxis, updates, indices, axis)
  }

  private func scatterAlongAxis(_ primitive: Primitive, _ updates: Tensor, _ indices: Tensor, _ axis: Int) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      var index = try indices.checked()
      if index.rank == rank {
        var target = shape
        target[at] = index.shape[at]
        index = index.broadcast(to: target)
      }
      return apply(primitive, [self, updates.broadcast(to: index.shape), index], ["axis": .int(at)])
    }
  }
}
