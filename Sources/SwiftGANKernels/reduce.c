#include "sgk_reduce.h"

#include "copy.h"
#include "reduce_run.h"
#include "sgk_elementwise.h"

sgk_status sgk_reduce(sgk_reduce_op op, const sgk_view *x, const sgk_view *out) {
  const sgk_fold *fold = sgk_fold_find(op, x->dtype);
  if (fold == NULL || sgk_view_count(out) == 0) return SGK_OK;
  if (sgk_view_count(x) == 0) {
    sgk_fold_nothing(op, out);
    return SGK_OK;
  }
  sgk_reduce_plan plan;
  sgk_reduce_plan_make(&plan, x, out);
  if (fold->finish == NULL && plan.pieces == 1 && plan.rows == 1 && !plan.along) {
    sgk_copy(x, out);  // nothing is reduced
    return SGK_OK;
  }
  sgk_reduce_lane lane = {fold, sgk_dtype_size(x->dtype), x->data, out->data, sgk_view_count(out)};
  sgk_reduce_job job = {.plan = &plan, .lanes = 1, .lane = &lane, .item_elements = 16 * SGK_REDUCE_BLOCK};
  return sgk_reduce_run(&job);
}
