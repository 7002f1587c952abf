#include <stdbool.h>

#include "sgk_elementwise.h"
#include "sgk_pool.h"

enum { WORTH_SHARING = 16384 };  // elements below which one thread copies all pieces

enum { MOST_ITEMS = 64 };

typedef struct job {
  const sgk_view *pieces, *out;
  int64_t count, items;
  int32_t axis;
} job;

// An item is some pieces that follow one another.
static void copy_pieces(void *context, int64_t item) {
  const job *job = context;
  int64_t first = item * job->count / job->items, last = (item + 1) * job->count / job->items;
  sgk_view window = *job->out;
  int64_t step = window.strides[job->axis] * sgk_dtype_size(window.dtype);
  char *data = window.data;
  for (int64_t i = 0; i < last; ++i) {
    const sgk_view *piece = &job->pieces[i];
    if (i >= first) {
      for (int32_t k = 0; k < window.rank; ++k) window.shape[k] = piece->shape[k];
      window.data = data;
      sgk_cast(piece, &window);
    }
    data += piece->shape[job->axis] * step;
  }
}

void sgk_concatenate(int64_t count, const sgk_view *pieces, int32_t axis, const sgk_view *out) {
  int64_t most = 0, all = sgk_view_count(out);
  for (int64_t i = 0; i < count; ++i) {
    int64_t size = sgk_view_count(&pieces[i]);
    if (size > most) most = size;
  }
  // A piece that is most of the whole is shared among threads by itself.
  bool shares = all >= WORTH_SHARING && most <= all / 2;
  job job = {pieces, out, count, shares ? (count < MOST_ITEMS ? count : MOST_ITEMS) : 1, axis};
  if (shares)
    sgk_parallel(job.items, copy_pieces, &job);
  else if (count > 0)
    copy_pieces(&job, 0);
}
