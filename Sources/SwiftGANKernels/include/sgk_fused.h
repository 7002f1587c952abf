// A chain of elementwise operations in one pass: intermediate values never leave the cache. Results are stored, or
// folded as they arise. The bits are those of running the steps one by one with sgk_unary, sgk_binary, sgk_select and
// sgk_cast, and then sgk_reduce on a contiguous tensor.
#ifndef SGK_FUSED_H
#define SGK_FUSED_H

#include "sgk_elementwise.h"
#include "sgk_reduce.h"

enum {
  SGK_FUSED_MAX_INPUTS = 64,
  SGK_FUSED_MAX_STEPS = 256,
  SGK_FUSED_MAX_RESULTS = 64,
};

typedef enum sgk_fused_kind { SGK_FUSED_UNARY, SGK_FUSED_BINARY, SGK_FUSED_SELECT, SGK_FUSED_CAST } sgk_fused_kind;

typedef struct sgk_fused_step {
  int32_t kind;         // sgk_fused_kind
  int32_t op;           // of sgk_unary_op or sgk_binary_op; not looked at for select and cast
  int32_t from, to;     // element types of the operands (of a and b for select, whose condition is bool) and the result
  int32_t operands[3];  // values: 0..<inputs are the inputs, inputs + i is the result of step i (only earlier steps)
} sgk_fused_step;

typedef struct sgk_fused_result {
  int32_t value;   // the value that is kept, a step's or an input's
  int32_t reduce;  // -1: every element is stored; else an sgk_reduce_op, and the view has extent 1 in the reduced axes;
                   // SGK_MOMENTS only where there are such
} sgk_fused_result;

// A plan, made once for given steps, shapes and strides. It is not changed by running: several threads may run it at
// once. Its loops are those of the instruction set in use at its creation.
typedef struct sgk_fused sgk_fused;

// Input views all have the shape of the iteration space (broadcast by zero strides), and so have stored results; views
// of reductions have extent 1 in the reduced axes, which are the same for all reductions of a plan. Results never
// overlap one another, nor inputs, but that a result may be exactly the same window as an input. SGK_BAD_ARGUMENT for
// what does not fit together or exceeds the limits, SGK_OUT_OF_MEMORY; *out is then NULL.
sgk_status sgk_fused_create(sgk_fused **out, int32_t inputs, const sgk_view *input_views, int32_t steps,
                            const sgk_fused_step *list, int32_t results, const sgk_fused_result *kept,
                            const sgk_view *result_views);
void sgk_fused_free(sgk_fused *plan);

// Where data lies may differ from run to run (NULL: where it was at creation). Allocates nothing but a thread's scratch
// memory, which is kept from run to run.
sgk_status sgk_fused_run(const sgk_fused *plan, void *const *inputs, void *const *results);

// A chain and where its operands lie, for a product to run on its result as parts of that are done and still in the
// cache (sgk_matmul_then, sgk_conv2d_then). The chain's first stored result has the shape of the product's, up to extents
// that are joined or 1, and is contiguous. Nothing that the chain writes overlaps the product's operands. `inputs` and
// `results` may be NULL, as in sgk_fused_run: where data was at creation.
typedef struct sgk_fused_call {
  const sgk_fused *plan;
  void *const *inputs;
  void *const *results;
} sgk_fused_call;

// Several plans in one go on the pool, as for an optimiser's update of all parameters. None may read what another one
// writes, and none may have reductions (SGK_BAD_ARGUMENT). `inputs` and `results`, and any entry of theirs, may be NULL.
sgk_status sgk_fused_run_many(int32_t count, const sgk_fused *const *plans, void *const *const *inputs,
                              void *const *const *results);

#endif
