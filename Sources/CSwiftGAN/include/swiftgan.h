/// swiftgan.h: the C interface of swiftgan, a tensor, autodiff and GAN library. C99 and C++11.
///
/// Compile and link with what `pkg-config --cflags --libs swiftgan` prints (-lswiftgan after `make install`). examples/
/// holds a complete program. The rules below hold for every function; a function's own comment says only what is
/// particular to it.
///
/// Status     A function that can fail returns an sg_status: SG_OK (0) or an SG_ERROR_*. Its last parameter is an
///            sg_error that the caller supplies (NULL when the text is not wanted). It is written on failure only. The
///            status tells what kind of mistake it was, the message says what was wrong, with which value, and what to
///            do. No input ends the process: NULL where a pointer is needed, a negative size, an overflowing product, a
///            handle of another type, bytes that are not UTF-8, all come back as a status.
/// Outputs    come first. On failure an output handle or string is set to NULL, an array of outputs to NULLs, a number
///            is left alone. Outputs must not be NULL unless the comment says so.
/// Ownership  A handle or string that a function gives out belongs to the caller, who frees it once (sg_..._free,
///            sg_string_free; NULL is allowed and does nothing). sg_..._retain returns the same handle, which then has
///            to be freed once more. No function takes over a handle passed to it: what needs it longer keeps a
///            reference of its own, so the caller may free a handle as soon as the call returns. Use of a freed handle
///            is reported as SG_ERROR_TYPE where it can be recognised, which is not always.
/// Text       is UTF-8 ended by NUL. Text passed in is copied. Options are JSON objects; NULL or "" means {}. An option
///            that is not known is an SG_ERROR_TYPE whose message names those that are; a value out of its range is an
///            SG_ERROR_VALUE. sg_registry_list tells all names, options and defaults.
/// Threads    Every function may be called from any thread. A tensor and an operation never change, so they may be used
///            by several threads at once. Calls on a handle that changes (generator, parameter, optimizer, trainer,
///            model, ...) take turns: while one thread fits a trainer or model, others may sample from it or save it,
///            which then happens between two steps; a second fit is an SG_ERROR_STATE. Recording of gradients
///            (sg_gradient_...) and what sg_parameters_track puts in place are per thread.
/// Callbacks  run on the thread that made the call, at a point where the library's functions may be called again. A
///            callback returns SG_OK, or an SG_ERROR_* and a message in the sg_error that it is given: the call that
///            led to it then fails with just these. A `context` is passed to the callback untouched; its deleter (may
///            be NULL) runs once, when the library will not use it again, on whichever thread freed it last. When the
///            call that passes a deleter fails, the deleter is not run: the context stays the caller's.
#ifndef SWIFTGAN_H
#define SWIFTGAN_H

#include <stddef.h>
#include <stdint.h>

// Nullability for clang; other compilers see nothing. The library's own import of this header leaves every pointer
// optional, so that each implementation has to check for NULL.
#if defined(__clang__) && !defined(__swift__)
#define SG_NULLABLE _Nullable
#define SG_BEGIN_DECLARATIONS \
  _Pragma("clang assume_nonnull begin") _Pragma("clang diagnostic push") \
      _Pragma("clang diagnostic ignored \"-Wnullability-completeness\"") \
      _Pragma("clang diagnostic ignored \"-Wnullability-extension\"")
#define SG_END_DECLARATIONS _Pragma("clang diagnostic pop") _Pragma("clang assume_nonnull end")
#else
#define SG_NULLABLE
#define SG_BEGIN_DECLARATIONS
#define SG_END_DECLARATIONS
#endif

#ifdef __cplusplus
extern "C" {
#endif
SG_BEGIN_DECLARATIONS

// ------------------------------------------------------------------------------------------------ status and errors

typedef int sg_status;
enum {
  SG_OK = 0,
  SG_ERROR_VALUE = 1,        ///< a value out of its range, NULL, an unknown name, text that is not valid JSON or UTF-8
  SG_ERROR_SHAPE = 2,        ///< shapes that do not fit; the message names them
  SG_ERROR_TYPE = 3,         ///< a dtype, kind of handle, option or attribute that is not accepted here
  SG_ERROR_INDEX = 4,        ///< an index or axis out of range
  SG_ERROR_MEMORY = 5,       ///< out of memory, or a size that overflows
  SG_ERROR_STATE = 6,        ///< the right call at the wrong time, such as sampling before fit
  SG_ERROR_IO = 7,           ///< a file that cannot be read or written, is truncated, or is not what it should be
  SG_ERROR_INTERRUPTED = 8   ///< a callback asked to give up
};

/// What went wrong. The caller's own memory, usually on the stack; needs no initialisation.
typedef struct sg_error {
  sg_status code;
  char message[1020];  ///< one or a few sentences, UTF-8, always ended by NUL (longer texts are cut at a character)
} sg_error;

/// The name of a status, such as "SG_ERROR_VALUE"; "unknown" for other numbers. Static text.
const char *sg_status_name(sg_status status);

// ----------------------------------------------------------------------------------------------------------- library

/// The version of this header. Structures that may grow begin with a `version` that their _INIT macro sets: a program
/// compiled against an older header goes on working with a newer library.
#define SG_ABI_VERSION 1

/// The release that this header belongs to. The one place that states it: the packages and sg_version() read it here.
#define SG_VERSION "0.1.0"

/// The release of the library that is running, such as "0.1.0". Static text.
const char *sg_version(void);
/// The SG_ABI_VERSION that the library was built with.
int sg_abi_version(void);
/// The instruction set in use: "portable", "avx2", "avx512", "avx512_bf16" or "avx512_amx"; the environment's SWIFTGAN_ISA
/// chooses. Static text.
const char *sg_isa_name(void);
/// Threads that computations use, the calling one included. At first SWIFTGAN_NUM_THREADS, else the CPUs available.
int sg_threads_get(void);
/// Sets their number, 1 to 256. The number never changes a result, only the time that it takes.
sg_status sg_threads_set(int count, sg_error *SG_NULLABLE error);
/// How the library was built and is set up, and its memory use in bytes, as JSON:
/// {"version", "abi", "cpu": its name, "isa": as sg_isa_name, "isa_supported": [...], "threads",
/// "float32_matmul_precision": {"asked": "medium", "in_effect": what the CPU makes of it, "products": that in words},
/// "memory": {"in_use", "cached", "peak"}}.
sg_status sg_config(char **json, sg_error *SG_NULLABLE error);
/// How matrix products and convolutions of float32 are computed, in both directions of training, under PyTorch's names:
///   "highest"  float32 products (the default)
///   "high"     operands with some 16 bits of significand: error below 2^-15, of magnitudes from 2^-102 to 3e38
///   "medium"   operands rounded to bfloat16: error below 2^-7
/// An error is the norm of what is off by the norm of the sums of all terms' magnitudes, over all results. Convolutions of 4x4
/// taps and stride 2 and of 3x3 go Winograd's way unless the numbers are such that it would round more than 4 times as much
/// as sums term by term. One result's own error is relative to the largest pixel of its tile there, and an infinity may make
/// its tile NaN. The environment's SWIFTGAN_WINOGRAD=0 has all summed term by term.
/// Sums and results are float32 at each. It is the least precision that is asked for: what the CPU does not do faster, and
/// products too small to gain, are float32 (see sg_config). This is the one in force on this thread. Static text.
const char *sg_float32_matmul_precision_get(void);
/// Sets it for the process; on a thread between _enter and _leave for that stretch alone. Functions and updates that were
/// traced at another precision are traced anew.
sg_status sg_float32_matmul_precision_set(const char *precision, sg_error *SG_NULLABLE error);
/// Puts a precision in force on this thread alone, until the _leave that belongs to it; nests.
sg_status sg_float32_matmul_precision_enter(const char *precision, sg_error *SG_NULLABLE error);
/// Ends the last _enter on this thread; without one it fails with SG_ERROR_STATE.
sg_status sg_float32_matmul_precision_leave(sg_error *SG_NULLABLE error);
/// Asked on the calling thread between the pieces of long work (functions of models, such as sampling and scoring), some 20
/// times a second at most. Anything but SG_OK makes that call give up with this status and the message that was written.
typedef sg_status (*sg_interrupt_function)(void *SG_NULLABLE context, sg_error *error);
/// Sets that function for the process; NULL for none. Training asks its own (sg_event_function).
sg_status sg_interrupt_set(sg_interrupt_function SG_NULLABLE function, void *SG_NULLABLE context,
                           sg_error *SG_NULLABLE error);
/// Gives memory that is kept for reuse back to the system.
void sg_memory_trim(void);
/// What can be found by name, as a JSON array. `kind`: "layer", "optimizer", "objective", "penalty", "callback", "model"
/// or "dataset", each [{"name", "summary", "options": [{"name", "type", "required", "default", "allowed", "summary"}]}];
/// or "operation", [{"name", "attributes": ["axis", ...]}]. What is also found by other names has "aliases"; an objective
/// that is not for the players "discriminator" and "generator" has "players". A layer also has "inputs" and "outputs", its further ones by
/// name, where its options do not decide them: [{"name", "required", "summary"}].
sg_status sg_registry_list(char **json, const char *kind, sg_error *SG_NULLABLE error);
/// Frees text that a function gave out.
void sg_string_free(char *SG_NULLABLE text);

// ----------------------------------------------------------------------------------------------------------- tensors

/// An n-dimensional array that never changes. Operations make new ones.
typedef struct sg_tensor sg_tensor;

typedef int32_t sg_dtype;
enum { SG_FLOAT32 = 0, SG_FLOAT64 = 1, SG_INT32 = 2, SG_INT64 = 3, SG_UINT8 = 4, SG_BOOL = 5 /* one byte, 0 or 1 */ };

#define SG_MAX_RANK 16

typedef void (*sg_deleter)(void *SG_NULLABLE context);

/// Memory of the caller's to make a tensor of. Begin with `sg_buffer b = SG_BUFFER_INIT;`.
typedef struct sg_buffer {
  uint32_t version;
  sg_dtype dtype;
  int32_t rank;                         ///< 0 to SG_MAX_RANK; 0 is a scalar
  int32_t read_only;                    ///< not 0: nobody may write through the tensor's exported address
  void *SG_NULLABLE data;               ///< the element at index (0, ..., 0), aligned to its size; NULL when empty
  const int64_t *SG_NULLABLE shape;     ///< rank sizes, each >= 0; NULL when rank is 0
  const int64_t *SG_NULLABLE strides;   ///< rank steps in bytes, as in NumPy: any sign, 0 repeats; NULL: row-major
  sg_deleter SG_NULLABLE deleter;       ///< called with context when the last tensor that uses the memory is gone
  void *SG_NULLABLE context;
} sg_buffer;
#define SG_BUFFER_INIT {1, SG_FLOAT32, 0, 0, NULL, NULL, NULL, NULL, NULL}

/// What a tensor is and where its elements lie, for reading or exporting it without a copy.
typedef struct sg_tensor_info {
  sg_dtype dtype;
  int32_t rank;
  int32_t read_only;               ///< not 0: the memory must not be written
  int32_t contiguous;              ///< not 0: row-major without gaps
  int64_t count;                   ///< elements: the product of the shape
  int64_t byte_count;              ///< count times the element size: what sg_tensor_copy_out writes
  void *SG_NULLABLE data;          ///< the element at index (0, ..., 0); valid while the caller holds the tensor; NULL
                                   ///< for a value of a function that is being traced: see sg_tensor_address
  int64_t shape[SG_MAX_RANK];
  int64_t strides[SG_MAX_RANK];    ///< in bytes
} sg_tensor_info;

/// A tensor on the caller's memory, with no copy. The memory must stay in place until the deleter runs (or for good,
/// when there is none); what the owner writes into it is seen by the tensor. No deleter runs when the call fails.
sg_status sg_tensor_borrow(sg_tensor **out, const sg_buffer *buffer, sg_error *SG_NULLABLE error);
/// A tensor with a copy of the caller's memory, of any strides. The deleter and context are not used.
sg_status sg_tensor_copy_in(sg_tensor **out, const sg_buffer *buffer, sg_error *SG_NULLABLE error);
/// A tensor of rank 0. An integer dtype takes the value only if it is whole and in range.
sg_status sg_tensor_scalar(sg_tensor **out, double value, sg_dtype dtype, sg_error *SG_NULLABLE error);
sg_status sg_tensor_info_get(sg_tensor_info *info, const sg_tensor *tensor, sg_error *SG_NULLABLE error);
/// The address of the element at index (0, ..., 0), valid while the caller holds the tensor. SG_ERROR_STATE for a value of
/// a function that is being traced (see sg_function): it has a shape and a dtype, but no elements before the function runs.
sg_status sg_tensor_address(void *SG_NULLABLE *address, const sg_tensor *tensor, sg_error *SG_NULLABLE error);
/// 1 for a value of a function that is being traced, whose elements cannot be read; else 0.
int sg_tensor_is_traced(const sg_tensor *SG_NULLABLE tensor);
/// Says what messages call an input of a function that is being traced, in place of "argument 0". Nothing happens to other
/// tensors.
sg_status sg_tensor_set_name(const sg_tensor *tensor, const char *name, sg_error *SG_NULLABLE error);
/// Writes the elements in row-major order to `destination`, whose size in bytes must be the tensor's byte_count.
sg_status sg_tensor_copy_out(void *SG_NULLABLE destination, size_t byte_count, const sg_tensor *tensor,
                             sg_error *SG_NULLABLE error);
/// The one element of a tensor of count 1, as a double.
sg_status sg_tensor_item(double *value, const sg_tensor *tensor, sg_error *SG_NULLABLE error);
sg_tensor *SG_NULLABLE sg_tensor_retain(sg_tensor *SG_NULLABLE tensor);
void sg_tensor_free(sg_tensor *SG_NULLABLE tensor);

// -------------------------------------------------------------------------------------------------------- operations

/// A function of tensors, found by name: "add", "matmul", "conv2d", "softmax", "sigmoid_cross_entropy", ... Lives as
/// long as the process and is never freed: look it up once, apply it often.
typedef struct sg_operation sg_operation;

typedef int32_t sg_attribute_type;
enum {
  SG_ATTRIBUTE_INTEGER = 0,
  SG_ATTRIBUTE_INTEGERS = 1,
  SG_ATTRIBUTE_NUMBER = 2,
  SG_ATTRIBUTE_BOOL = 3,
  SG_ATTRIBUTE_DTYPE = 4,
  SG_ATTRIBUTE_TEXT = 5
};

/// A setting of an operation that is no tensor: an axis, a stride, a dtype. sg_attribute_... below make them.
typedef struct sg_attribute {
  const char *key;
  sg_attribute_type type;
  int32_t reserved;      ///< 0
  size_t count;          ///< how many integers; 0 for other types
  union {
    int64_t integer;                          ///< also bool (0 or 1) and dtype
    const int64_t *SG_NULLABLE integers;      ///< NULL when count is 0
    double number;
    const char *SG_NULLABLE text;
  } value;
} sg_attribute;

/// SG_ERROR_VALUE for an unknown name; sg_registry_list("operation") has them all.
sg_status sg_operation_find(const sg_operation **out, const char *name, sg_error *SG_NULLABLE error);
/// Static text; "" for NULL.
const char *sg_operation_name(const sg_operation *SG_NULLABLE operation);
/// Applies an operation to `count` inputs. Arrays may be NULL when their count is 0. An attribute that is left out has
/// its default; one that the operation does not know is an SG_ERROR_TYPE.
sg_status sg_apply(sg_tensor **out, const sg_operation *operation, const sg_tensor *const *inputs, size_t count,
                   const sg_attribute *SG_NULLABLE attributes, size_t attribute_count, sg_error *SG_NULLABLE error);

// --------------------------------------------------------------------------------------------------------- gradients

/// Starts a gradient computation on this thread. What is computed from a tracked tensor is recorded, so that gradients
/// can be taken. Scopes nest: gradients computed in an inner scope are recorded for the outer ones, giving gradients
/// of gradients. Each enter needs one exit, also after an error.
///
///     sg_gradient_enter(e);
///     sg_gradient_track(&x, value, e);            // x: a leaf to differentiate by
///     ... y = f(x), with sg_apply ...
///     sg_gradient_compute(&dx, y, &x, 1, NULL, e);
///     sg_gradient_exit(e);
///
/// A Hessian times a vector v: with two scopes entered, compute dx, leave the inner scope, then take the gradient of dx by
/// x with v as its cotangent. A Jacobian times v: give the first sg_gradient_compute a tracked cotangent u (zeros of y's
/// shape), and take the gradient of its result by u with v as the cotangent.
sg_status sg_gradient_enter(sg_error *SG_NULLABLE error);
/// SG_ERROR_STATE when no scope is open on this thread.
sg_status sg_gradient_exit(sg_error *SG_NULLABLE error);
/// Pauses recording on this thread until the matching resume; nests.
sg_status sg_gradient_pause(sg_error *SG_NULLABLE error);
/// SG_ERROR_STATE when recording is not paused on this thread.
sg_status sg_gradient_resume(sg_error *SG_NULLABLE error);
/// A tensor with the same elements, sharing their memory, to differentiate by. float32 or float64.
sg_status sg_gradient_track(sg_tensor **out, const sg_tensor *tensor, sg_error *SG_NULLABLE error);
/// The gradient of y by each of `count` tensors, to outs[0..<count], each of its tensor's shape and dtype (zeros where
/// y does not depend on it). `cotangent` has y's shape and weighs its elements; NULL: y has one element.
sg_status sg_gradient_compute(sg_tensor **outs, const sg_tensor *y, const sg_tensor *const *by, size_t count,
                              const sg_tensor *SG_NULLABLE cotangent, sg_error *SG_NULLABLE error);

// ---------------------------------------------------------------------------------------------------- random numbers

/// Randomness is explicit: the random operations ("random_normal", ...) take a key, an int64 tensor of shape (2,), and
/// the same key gives the same numbers on any machine and number of threads. Use a key once, then split it.
sg_status sg_random_key(sg_tensor **out, uint64_t seed, uint64_t stream, sg_error *SG_NULLABLE error);
/// `count` independent keys, to outs[0..<count].
sg_status sg_random_split(sg_tensor **outs, size_t count, const sg_tensor *key, sg_error *SG_NULLABLE error);
/// The key number `index` of those that can be derived from `key`.
sg_status sg_random_fold(sg_tensor **out, const sg_tensor *key, uint64_t index, sg_error *SG_NULLABLE error);

/// A source of fresh keys: a seed and a counter.
typedef struct sg_generator sg_generator;
sg_status sg_generator_create(sg_generator **out, uint64_t seed, sg_error *SG_NULLABLE error);
/// The next key; the counter goes up by one.
sg_status sg_generator_next(sg_tensor **key, sg_generator *generator, sg_error *SG_NULLABLE error);
sg_status sg_generator_get_state(uint64_t *seed, uint64_t *counter, sg_generator *generator,
                                 sg_error *SG_NULLABLE error);
sg_status sg_generator_set_state(sg_generator *generator, uint64_t seed, uint64_t counter, sg_error *SG_NULLABLE error);
sg_generator *SG_NULLABLE sg_generator_retain(sg_generator *SG_NULLABLE generator);
void sg_generator_free(sg_generator *SG_NULLABLE generator);

// -------------------------------------------------------------------------------------------------------- parameters

/// A named tensor that training changes, or (not trainable) a buffer such as a running mean.
typedef struct sg_parameter sg_parameter;

/// A parameter of the caller's own, for a layer made of a callback.
sg_status sg_parameter_create(sg_parameter **out, const char *name, const sg_tensor *value, int trainable,
                              sg_error *SG_NULLABLE error);
/// Its name: when it was read from a layer, the dotted path from there ("0.weight"). Valid while the handle is held.
sg_status sg_parameter_name(const char **name, const sg_parameter *parameter, sg_error *SG_NULLABLE error);
/// 1 or 0; 0 for what is not a parameter.
int sg_parameter_is_trainable(const sg_parameter *SG_NULLABLE parameter);
/// Whether two handles mean the same parameter (1 or 0), as when two layers share it.
int sg_parameter_is_same(const sg_parameter *SG_NULLABLE a, const sg_parameter *SG_NULLABLE b);
/// Its present value; later changes of the parameter do not reach the tensor.
sg_status sg_parameter_get_value(sg_tensor **out, const sg_parameter *parameter, sg_error *SG_NULLABLE error);
/// Gives it a copy of a tensor of the same shape, converted to its dtype.
sg_status sg_parameter_set_value(sg_parameter *parameter, const sg_tensor *value, sg_error *SG_NULLABLE error);
/// Opens a gradient scope and puts tracked leaves of their values in the parameters' places, on this thread alone:
/// leaves[0..<count] are what to differentiate by. The caller then applies layers, computes a loss and its gradients,
/// and must call sg_parameters_restore with the same parameters on the same thread, also after an error; calls nest. On
/// failure nothing has changed and there is nothing to restore.
sg_status sg_parameters_track(sg_tensor **leaves, sg_parameter *const *parameters, size_t count,
                              sg_error *SG_NULLABLE error);
/// Puts the plain values back and closes the scope. SG_ERROR_STATE when the last sg_parameters_track of this thread had
/// other parameters.
sg_status sg_parameters_restore(sg_parameter *const *parameters, size_t count, sg_error *SG_NULLABLE error);
sg_parameter *SG_NULLABLE sg_parameter_retain(sg_parameter *SG_NULLABLE parameter);
void sg_parameter_free(sg_parameter *SG_NULLABLE parameter);

// ------------------------------------------------------------------------------------------------------------ layers

/// A function of a tensor with parameters: one layer, or a whole network of them. Some take further tensors by name.
typedef struct sg_layer sg_layer;

/// A layer of the registered name ("dense", "conv2d", "relu", ...), with options such as {"in_features": 64,
/// "out_features": 128}, and for every layer "dtype": "float32" (the default) or "float64", the element type of its
/// parameters. The generator gives the initial weights; it moves on, so that layers made one after another differ.
sg_status sg_layer_create(sg_layer **out, const char *name, const char *SG_NULLABLE options, sg_generator *generator,
                          sg_error *SG_NULLABLE error);
/// As sg_layer_create, where options may hold layers that exist: {"part": 0} stands for parts[0], as in
/// sg_layer_create_with(&out, "spectral_norm", "{\"layer\": {\"part\": 0}}", &dense, 1, generator, &error). Parts are
/// shared, not copied; their mode and random numbers are from now on the whole's.
sg_status sg_layer_create_with(sg_layer **out, const char *name, const char *SG_NULLABLE options,
                               sg_layer *const *SG_NULLABLE parts, size_t part_count, sg_generator *generator,
                               sg_error *SG_NULLABLE error);
/// The layers one after another. They are shared, not copied: what changes in the whole changes in them. Their
/// parameters are named "0.weight", "1.weight", ...; their mode and random numbers are from now on the whole's.
sg_status sg_layer_sequential(sg_layer **out, sg_layer *const *layers, size_t count, sg_error *SG_NULLABLE error);
/// A network from the text of sg_layer_specification, with new initial weights.
sg_status sg_layer_from_specification(sg_layer **out, const char *specification, sg_generator *generator,
                                      sg_error *SG_NULLABLE error);

/// Computes *out (which the library will free) from the input. Recording of gradients is as the caller has set it.
typedef sg_status (*sg_layer_function)(void *SG_NULLABLE context, sg_tensor **out, const sg_tensor *input,
                                       sg_error *error);
/// As sg_layer_function, of a layer with further inputs or outputs: outs[0] is the first output, then those of
/// output_names; further[i] is the input that input_names[i] says, or NULL where it is not given.
typedef sg_status (*sg_layer_call_function)(void *SG_NULLABLE context, sg_tensor **outs, size_t out_count,
                                            const sg_tensor *input, const sg_tensor *SG_NULLABLE const *further,
                                            size_t further_count, sg_error *error);
/// A layer that the caller writes: what it computes, and what belongs to it.
typedef struct sg_layer_callback {
  uint32_t version;
  sg_layer_function SG_NULLABLE function;
  void *SG_NULLABLE context;
  sg_deleter SG_NULLABLE deleter;
  /// Layers that the function uses: their parameters belong to this layer, and it sets their training mode.
  sg_layer *const *children;
  const char *const *child_names;  ///< no dots, no two the same
  size_t child_count;
  /// Parameters of its own, each under its own name.
  sg_parameter *const *parameters;
  size_t parameter_count;
  /// In place of `function`, for a layer with further inputs and outputs, whose names follow (no dots, no two the same).
  sg_layer_call_function SG_NULLABLE call;
  const char *const *input_names;
  size_t input_count;
  size_t required_input_count;     ///< so many of the names, from the first, must be given in every call
  const char *const *output_names; ///< of the outputs after the first
  size_t output_count;
} sg_layer_callback;
#define SG_LAYER_CALLBACK_INIT {1, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, 0, 0, NULL, 0}
/// Such a layer has no specification, so what it is part of is saved as weights alone.
sg_status sg_layer_from_callback(sg_layer **out, const sg_layer_callback *callback, sg_error *SG_NULLABLE error);

sg_status sg_layer_apply(sg_tensor **out, sg_layer *layer, const sg_tensor *input, sg_error *SG_NULLABLE error);
/// Applies a layer that has further inputs or outputs, such as a "mask" or the last "hidden" state. further[i] is the
/// input called names[i], each at most once; those that are not given have the layer's default. outs[0] is what
/// sg_layer_apply gives, outs[1] and on are the further outputs in the order of sg_layer_signature; `out_count`, at least
/// 1, says how many of them are wanted.
sg_status sg_layer_call(sg_tensor **outs, size_t out_count, sg_layer *layer, const sg_tensor *input,
                        const char *const *SG_NULLABLE names, const sg_tensor *const *SG_NULLABLE further,
                        size_t further_count, sg_error *SG_NULLABLE error);
/// A layer's further inputs and outputs, as JSON: {"inputs": [{"name": "mask", "required": false}], "outputs": ["hidden"]}.
sg_status sg_layer_signature(char **json, sg_layer *layer, sg_error *SG_NULLABLE error);
/// Parameters and buffers, in the order in which they were made.
sg_status sg_layer_parameter_count(size_t *count, sg_layer *layer, sg_error *SG_NULLABLE error);
sg_status sg_layer_parameter(sg_parameter **out, sg_layer *layer, size_t index, sg_error *SG_NULLABLE error);
/// Training mode decides what dropout and batch norm do. A new layer is in training mode.
sg_status sg_layer_set_training(sg_layer *layer, int training, sg_error *SG_NULLABLE error);
/// 1 or 0; 0 for what is not a layer.
int sg_layer_is_training(sg_layer *SG_NULLABLE layer);
/// Restarts the layer's own randomness (dropout) from a seed.
sg_status sg_layer_set_seed(sg_layer *layer, uint64_t seed, sg_error *SG_NULLABLE error);
/// What the network is made of, as JSON for sg_layer_from_specification. SG_ERROR_STATE where callbacks take part.
sg_status sg_layer_specification(char **json, sg_layer *layer, sg_error *SG_NULLABLE error);
/// Parameters and buffers to a .safetensors file. Every write of the library is atomic: an old file stays until the new
/// one is complete.
sg_status sg_layer_save(sg_layer *layer, const char *path, sg_error *SG_NULLABLE error);
/// Reads them back into a layer with the same names, shapes and dtypes. On failure the layer is as before.
sg_status sg_layer_load(sg_layer *layer, const char *path, sg_error *SG_NULLABLE error);
sg_layer *SG_NULLABLE sg_layer_retain(sg_layer *SG_NULLABLE layer);
void sg_layer_free(sg_layer *SG_NULLABLE layer);

// -------------------------------------------------------------------------------------------------------- optimizers

/// Turns gradients into new values of its parameters.
typedef struct sg_optimizer sg_optimizer;

/// An optimizer of the registered name ("sgd", "rmsprop", "adam", "adamw", ...) over one group of parameters, with
/// options such as {"learning_rate": 2e-4, "beta1": 0.5}. Of parameters with the same name (of separately made layers)
/// the later are called "name#2", ... in its state.
sg_status sg_optimizer_create(sg_optimizer **out, const char *name, const char *SG_NULLABLE options,
                              sg_parameter *const *parameters, size_t count, sg_error *SG_NULLABLE error);
/// A further group with a "learning_rate" or "weight_decay" of its own; what is not given is as in group 0.
sg_status sg_optimizer_add_group(sg_optimizer *optimizer, const char *SG_NULLABLE options,
                                 sg_parameter *const *parameters, size_t count, sg_error *SG_NULLABLE error);
/// One update. The gradients are in the order of the parameters, group after group.
sg_status sg_optimizer_step(sg_optimizer *optimizer, const sg_tensor *const *gradients, size_t count,
                            sg_error *SG_NULLABLE error);
/// The learning rate of the next step: the schedule's value, where there is one.
sg_status sg_optimizer_get_learning_rate(double *value, sg_optimizer *optimizer, size_t group,
                                         sg_error *SG_NULLABLE error);
/// Sets it, in place of a schedule.
sg_status sg_optimizer_set_learning_rate(sg_optimizer *optimizer, size_t group, double value,
                                         sg_error *SG_NULLABLE error);
/// Its state (step count, moments) to and from a .safetensors file.
sg_status sg_optimizer_save(sg_optimizer *optimizer, const char *path, sg_error *SG_NULLABLE error);
sg_status sg_optimizer_load(sg_optimizer *optimizer, const char *path, sg_error *SG_NULLABLE error);
sg_optimizer *SG_NULLABLE sg_optimizer_retain(sg_optimizer *SG_NULLABLE optimizer);
void sg_optimizer_free(sg_optimizer *SG_NULLABLE optimizer);

// ------------------------------------------------------------------------------------------------- compiled functions

/// A function of tensors that is traced once for each kind of arguments and from then on replayed: its operations are
/// fused, their memory is planned, and a call looks nothing up.
///
/// While it is traced its inputs have shapes and dtypes but no elements: what depends on them can be computed with, but
/// not read, so the function must do the same whatever they hold. What else it reads is constant, but for parameters,
/// optimizers, generators and what layers change in themselves (running means, dropout's numbers): these it reads and
/// changes in every call, as the function itself would. It is traced anew for inputs of other shapes or dtypes, for
/// another static key, and when a layer that it used has another training mode.
typedef struct sg_function sg_function;
/// Where a function puts its outputs.
typedef struct sg_outputs sg_outputs;
/// Computes the outputs and adds each with sg_outputs_add. The inputs belong to the library and are valid during the call.
typedef sg_status (*sg_function_body)(void *SG_NULLABLE context, sg_outputs *outputs, const sg_tensor *const *inputs,
                                      size_t input_count, sg_error *error);
/// Adds the next output; the tensor stays the caller's. Only within the sg_function_body that was given `outputs`.
sg_status sg_outputs_add(sg_outputs *outputs, const sg_tensor *tensor, sg_error *SG_NULLABLE error);
/// A number that every call which replays this trace will give back: says what the outputs are where that differs from
/// trace to trace. 0 unless it is set.
sg_status sg_outputs_set_form(sg_outputs *outputs, int64_t form, sg_error *SG_NULLABLE error);

/// A compiled form of `body`. `name` is used in messages. Options: {"max_traces": 16}, how many traces are kept; the one
/// that was used longest ago gives way.
sg_status sg_function_create(sg_function **out, const char *name, sg_function_body body, void *SG_NULLABLE context,
                             sg_deleter SG_NULLABLE deleter, const char *SG_NULLABLE options,
                             sg_error *SG_NULLABLE error);
/// Calls it. outs[0..<*count] are the outputs; *form (may be NULL) is what sg_outputs_set_form said. `static_key` (may be
/// NULL) is for what the body reads beside its inputs: another text is another trace. Where a gradient of it is being
/// recorded, inside another function that is being traced, and while sg_debug_set is on, the body itself runs.
/// More outputs than `capacity` are an SG_ERROR_VALUE with the number in *count; a replay has then changed nothing.
sg_status sg_function_call(sg_tensor **outs, size_t capacity, size_t *count, int64_t *SG_NULLABLE form,
                           sg_function *function, const sg_tensor *const *inputs, size_t input_count,
                           const char *SG_NULLABLE static_key, sg_error *SG_NULLABLE error);
/// As JSON: {"traces": how often it was traced, "kept": traces that it has now, "steps": kernel calls of the newest,
/// "ops": operations that they stand for, "workspace": bytes of memory for what is computed on the way, "step_names":
/// [...]}; of a function that was never traced, zeros.
sg_status sg_function_information(char **json, sg_function *function, sg_error *SG_NULLABLE error);
/// Lets all traces go, so that the next call traces anew: for when something has changed that it took for constant.
sg_status sg_function_clear(sg_function *function, sg_error *SG_NULLABLE error);
/// What is called with a sentence when a function is traced again and again, saying which input keeps changing; the
/// function must not be used in it. Without one the sentence goes to stderr; it comes once for each function.
typedef void (*sg_warning_function)(void *SG_NULLABLE context, const char *message);
sg_status sg_function_set_warning(sg_function *function, sg_warning_function SG_NULLABLE warning,
                                  void *SG_NULLABLE context, sg_deleter SG_NULLABLE deleter,
                                  sg_error *SG_NULLABLE error);
/// 1 where a function that is called now on this thread may run its body in place of a replay: a trace or a gradient
/// computation is under way here, or debugging is on. Else 0.
int sg_function_runs_body(void);
sg_function *SG_NULLABLE sg_function_retain(sg_function *SG_NULLABLE function);
void sg_function_free(sg_function *SG_NULLABLE function);

// ------------------------------------------------------------------------------------------------- games and trainers

/// Who plays and for what: players (a network, its optimizer, steps per round) and losses. Put together with the
/// functions below, then given to a trainer, which keeps the game as it is at that moment.
typedef struct sg_game sg_game;

/// An empty game. Options: "latent", the coordinates of the generator's noise (100), "latent_distribution", "normal" or
/// "uniform" on [-1, 1), and for games with an objective "pack" (samples that the discriminator judges at once, 1),
/// "unroll" (discriminator updates that the generator looks ahead, 0), "augment" (any of "color", "translation", "cutout",
/// as a list or "color,translation") and "historical_averaging" (weight of the distance from past weights, 0).
sg_status sg_game_create(sg_game **out, const char *SG_NULLABLE options, sg_error *SG_NULLABLE error);
/// Adds a player. With an objective the discriminator moves first in each round, with losses of the caller's own players move
/// in the order in which they were added. Options, here with their defaults: {"optimizer": "adam" (or an object such as
/// {"name": "adam", "learning_rate": 2e-4, "beta1": 0.5}), "steps": 1 (updates per round), "batch": "fresh" (each
/// update draws a batch; "latest": it sees the one drawn last, the default of a player called "generator"; "again": step i
/// sees the batch of the round's step i, a fresh one where there were fewer), "clip_weights": null (largest magnitude of the
/// weights), "ema": 0 (decay of the moving average that samples are made with), "from_epoch": 0 and "until_epoch": null (after
/// how many passes over the data it begins to move, and rests)}. An objective needs the two players "discriminator" and
/// "generator"; one without a discriminator the generator alone.
sg_status sg_game_add_player(sg_game *game, const char *name, sg_layer *network, const char *SG_NULLABLE options,
                             sg_error *SG_NULLABLE error);
/// The losses of a registered objective, such as "non_saturating", "lsgan" or "wgan"; sg_registry_list("objective") has all
/// with their options. One without a discriminator ("gmmn") is for the player "generator" alone.
sg_status sg_game_set_objective(sg_game *game, const char *name, const char *SG_NULLABLE options,
                                sg_error *SG_NULLABLE error);
/// Adds a registered penalty to the discriminator's loss, such as "gradient_penalty" with {"weight": 10}. It goes with
/// an objective; a loss of the caller's own adds what it wants itself. Those of the library are on the slope at single
/// samples: a trainer refuses them with a discriminator that has batch norm or another layer that looks at the whole batch.
sg_status sg_game_add_penalty(sg_game *game, const char *name, const char *SG_NULLABLE options,
                              sg_error *SG_NULLABLE error);
/// Computes the loss of one player, a tensor of one element (which the library will free), from a batch (in the order
/// of the trainer's data) and a key for its random numbers. The function applies the players' networks itself;
/// gradients are recorded. The player's name, the batch and the key are valid during the call.
typedef sg_status (*sg_loss_function)(void *SG_NULLABLE context, sg_tensor **loss, const char *player,
                                      const sg_tensor *const *batch, size_t batch_count, const sg_tensor *key,
                                      sg_error *error);
/// Losses of the caller's own, in place of an objective.
sg_status sg_game_set_loss(sg_game *game, sg_loss_function function, void *SG_NULLABLE context,
                           sg_deleter SG_NULLABLE deleter, sg_error *SG_NULLABLE error);

/// What a discriminator was shown of one side, and what it says of it; NULL for what an objective does not look at.
typedef struct sg_judgement {
  const sg_tensor *SG_NULLABLE output;    ///< its raw output: logits, features, or a reconstruction
  const sg_tensor *SG_NULLABLE samples;   ///< what it was shown
  const sg_tensor *SG_NULLABLE features;  ///< its features
} sg_judgement;

/// The loss of a registered objective for the player "discriminator" or "generator", a tensor of one element, from what is
/// said of real and generated samples; NULL for a side that the loss does not look at. Gradients are recorded. For training
/// loops of the caller's own.
sg_status sg_objective_loss(sg_tensor **out, const char *name, const char *SG_NULLABLE options, const char *player,
                            const sg_judgement *SG_NULLABLE real, const sg_judgement *SG_NULLABLE fake,
                            sg_error *SG_NULLABLE error);
/// The value of a registered penalty on a critic, a tensor of one element, at samples that `key` decides where the penalty
/// mixes real and generated ones. Gradients are recorded.
sg_status sg_penalty_value(sg_tensor **out, const char *name, const char *SG_NULLABLE options, sg_layer *critic,
                           const sg_tensor *real, const sg_tensor *fake, const sg_tensor *key,
                           sg_error *SG_NULLABLE error);
/// Computes the loss of one player from the discriminator's raw outputs, a tensor of one element (which the library will
/// free). `real` is NULL for a generator whose loss does not look at real samples.
typedef sg_status (*sg_objective_function)(void *SG_NULLABLE context, sg_tensor **loss, const char *player,
                                           const sg_tensor *SG_NULLABLE real, const sg_tensor *fake, sg_error *error);
/// Makes an objective of the caller's own known by name to games, models and files; one registered before under that name
/// is replaced, for what is made from then on. `sees_real`: not 0 where the generator's loss looks at the outputs for real
/// samples too. The context is kept for as long as the objective may be used. A ':' and what follows it in the name tell
/// registrations apart, as for penalties.
sg_status sg_objective_register(const char *name, const char *summary, sg_objective_function function, int sees_real,
                                void *SG_NULLABLE context, sg_deleter SG_NULLABLE deleter,
                                sg_error *SG_NULLABLE error);
/// Computes a penalty, a tensor of one element (which the library will free). The critic may be applied during the call
/// alone; gradients with respect to its input are taken with sg_gradient_enter and sg_gradient_compute.
typedef sg_status (*sg_penalty_function)(void *SG_NULLABLE context, sg_tensor **value, sg_layer *critic,
                                         const sg_tensor *real, const sg_tensor *fake, const sg_tensor *key,
                                         sg_error *error);
/// Makes a penalty of the caller's own known by name, with the option "weight" (1), by which its value is multiplied.
/// A ':' and what follows it in the name tell registrations apart, and are left out of the name in the history, which is
/// "<name>_penalty" where a loss or another figure has that name.
sg_status sg_penalty_register(const char *name, const char *summary, sg_penalty_function function,
                              void *SG_NULLABLE context, sg_deleter SG_NULLABLE deleter, sg_error *SG_NULLABLE error);

sg_game *SG_NULLABLE sg_game_retain(sg_game *SG_NULLABLE game);
void sg_game_free(sg_game *SG_NULLABLE game);

typedef int32_t sg_event_kind;
enum {
  SG_EVENT_BEGAN = 0,   ///< before the first step
  SG_EVENT_STEP = 1,    ///< after a step
  SG_EVENT_EPOCH = 2,   ///< after the step that completed a pass over the data, in addition to SG_EVENT_STEP
  SG_EVENT_ENDED = 3    ///< after the last step
};
/// What a fit reports. All that it points to is valid during the callback only.
typedef struct sg_event {
  uint32_t version;
  sg_event_kind kind;
  int64_t step;                                     ///< steps (rounds) done since training began
  int64_t epoch;                                    ///< passes over the data completed
  size_t metric_count;                              ///< 0 at the beginning and the end
  const char *const *metric_names;                  ///< "discriminator_loss", "generator_loss", ...
  const double *SG_NULLABLE metric_values;          ///< of the last step
} sg_event;
/// What an event callback returns to end the fit in good order after this step: the fit returns SG_OK.
#define SG_EVENT_STOP (-1)
/// Called between steps; may sample from and save what is being fitted. SG_OK: go on. SG_EVENT_STOP: end well. An
/// SG_ERROR_*: end, and the fit fails with it; the model stays as it is after the last step, and its history is kept.
typedef int (*sg_event_function)(void *SG_NULLABLE context, const sg_event *event, sg_error *error);

/// Plays a game on data.
typedef struct sg_trainer sg_trainer;

/// `data`: the samples and what belongs to them (labels), with the same number of rows (first dimension). They are read
/// where they are for as long as the trainer lives. Options, with their defaults: {"batch_size": 64, "seed": 0,
/// "shuffle": true, "last_batch": "drop" (or "wrap"), "range": null, "eager": false, "precision": null}. "eager" runs
/// updates op by op, as they are written, in place of tracing them once: slower, and every loss is called at every update.
/// "precision" is that of the updates' float32 products, as sg_float32_matmul_precision_set has it; null: what is in force
/// where the trainer is called. Samples become
/// float32; "range" says from what range they are brought to [-1, 1]: null (uint8: 0 to 255; others stay as they are),
/// "auto", "standardize", "raw" or [low, high]. Empty data, NaN or infinity in the samples, and a batch larger than the
/// data are found here.
sg_status sg_trainer_create(sg_trainer **out, sg_game *game, const sg_tensor *const *data, size_t count,
                            const char *SG_NULLABLE options, sg_error *SG_NULLABLE error);
/// Plays `count` rounds: every player's steps once each.
sg_status sg_trainer_step(sg_trainer *trainer, int64_t count, sg_error *SG_NULLABLE error);
/// Plays until {"steps": n} or {"epochs": n} more are done (with both: whichever comes first), reporting to `function`
/// (may be NULL). "eager", true or false, and "precision" are for this fit in place of the trainer's own. "callbacks" is a list of callbacks
/// of sg_registry_list("callback"), by name or with options ({"name": "diagnostics", "path": "look.jsonl"}); their
/// warnings go to the standard error stream. When a loss or weight is no longer
/// finite it fails with SG_ERROR_STATE, at the last good state: of at most 20 steps before, or of the fit's beginning.
sg_status sg_trainer_fit(sg_trainer *trainer, const char *SG_NULLABLE options, sg_event_function SG_NULLABLE function,
                         void *SG_NULLABLE context, sg_error *SG_NULLABLE error);
/// How updates run, as JSON: {"networks": ["generator", "discriminator"], "eager": false, "precision": null, "untraced":
/// {"generator": "why"}, "waiting": [], "not_finite": null}: the names of the game's networks; the players whose updates run op
/// by op although they need not, and why they cannot be traced (a loss that reads the elements of a tensor, say); the players
/// whose stage has not come, so that they have not moved; and what ended the last fit where that was a number that is not finite: {"step": 81, "figure":
/// "generator_loss" (or a parameter, "generator.0.weight"), "value": "nan" ("inf", "-inf"; "nan" for a parameter),
/// "restored_step": 80 (null where no state was put back), "message": the error's}.
sg_status sg_trainer_information(char **json, sg_trainer *trainer, sg_error *SG_NULLABLE error);
/// One look at how the game stands, also from an event callback; nothing of it changes, and training goes on to the same
/// bits. `held_out`: rows that no round trains on, as the data were given (samples, and labels where there are some), at
/// least two batches; with count 0 two batches of the data themselves, the same at every look. JSON: {"step": 100,
/// "figures": {...}, "warnings": [{"kind": "mode_collapse", "vanished_gradient" or "oscillation", "step", "figure",
/// "value", "message"}]}; null is a figure that is not finite. Figures: loss, gradient norm and weight norm of every
/// player ("generator_loss", "generator_gradient", "generator_weights"); of a game with a generator "diversity", "coverage"
/// and "drift"; of one against a discriminator also "real_accuracy", "fake_accuracy", "jsd_bound", "wasserstein",
/// "separation", "duality_gap" and "undecided_loss". Options, with their defaults: {"gap_steps": 5 (of each best response in the duality gap; 0 leaves it
/// out), "seed": 0, "records": [] (what earlier looks gave: alarms look back at them)} and the thresholds of alarms,
/// {"patience": 5, "collapse": 0.2, "won": 0.95, "vanished": 0.001, "swings": 8, "window": 40, "narrow": 0.5,
/// "long": 60}. The callback "diagnostics" does all of this every so many steps.
sg_status sg_trainer_diagnose(char **json, sg_trainer *trainer, const sg_tensor *const *SG_NULLABLE held_out,
                              size_t count, const char *SG_NULLABLE options, sg_error *SG_NULLABLE error);
/// The last step's figures as a JSON object, {"step": 120, "discriminator_loss": 1.2, ...}; null is a figure that is
/// not finite. {"step": 0} before the first step.
sg_status sg_trainer_metrics(char **json, sg_trainer *trainer, sg_error *SG_NULLABLE error);
/// All steps' figures as a JSON object of arrays, {"step": [...], "discriminator_loss": [...], ...}.
sg_status sg_trainer_history(char **json, sg_trainer *trainer, sg_error *SG_NULLABLE error);
/// `count` samples of the player "generator", in the range and dtype of the data; the seed decides which.
sg_status sg_trainer_sample(sg_tensor **out, sg_trainer *trainer, int64_t count, uint64_t seed,
                            sg_error *SG_NULLABLE error);
/// All that training needs to go on: weights, optimizer states, averages, random state, history.
sg_status sg_trainer_save(sg_trainer *trainer, const char *path, sg_error *SG_NULLABLE error);
/// Into a trainer of an equal game: it goes on to the same bits as one that was never stopped. On failure the trainer
/// is as before.
sg_status sg_trainer_load(sg_trainer *trainer, const char *path, sg_error *SG_NULLABLE error);
sg_trainer *SG_NULLABLE sg_trainer_retain(sg_trainer *SG_NULLABLE trainer);
void sg_trainer_free(sg_trainer *SG_NULLABLE trainer);

// ------------------------------------------------------------------------------------------------------------ models

/// A complete model of the zoo (a GAN, a classifier, an autoencoder, ...): networks, game and training settings of a
/// paper, under one name, and functions such as "sample", "predict" or "transform".
typedef struct sg_model sg_model;

/// A model of the registered name, such as "gan", "dcgan", "wgan_gp"; sg_registry_list("model") has their options, what
/// fit takes beside the samples ("target": "none", "labels" or "values") and their functions with inputs and options.
sg_status sg_model_create(sg_model **out, const char *name, const char *SG_NULLABLE options,
                          sg_error *SG_NULLABLE error);
/// Trains as sg_trainer_fit does on data: a tensor of samples, rows first, (N, d), (N, H, W) or (N, H, W, C), and for
/// models with a target a second one with a row for each, labels (N,) of an integer type or values (N,) or (N, k). The
/// first fit builds the networks for the data's shape and the classes; later ones go on from there and want data of that
/// shape and dtype. The model keeps the tensors, so that training can go on, until it gets others or is freed. A further
/// option "class_names" is a list of names of the classes 0, 1, ..., which sg_model_describe gives back. Without "steps"
/// and "epochs" it makes the model's own number of epochs ("epochs" in sg_registry_list("model")). A first fit that fails
/// before its first step is complete, or goes bad before step 20, where the first good state is kept, leaves the model
/// without networks, as it was.
sg_status sg_model_fit(sg_model *model, const sg_tensor *const *data, size_t count, const char *SG_NULLABLE options,
                       sg_event_function SG_NULLABLE function, void *SG_NULLABLE context, sg_error *SG_NULLABLE error);
/// What a function of the model makes of its inputs (data of the trained shape and dtype, labels, vectors: see
/// sg_registry_list), with options such as {"n": 64, "seed": 1}. SG_ERROR_STATE before the first fit.
sg_status sg_model_call(sg_tensor **out, sg_model *model, const char *function, const sg_tensor *const *inputs,
                        size_t count, const char *SG_NULLABLE options, sg_error *SG_NULLABLE error);
/// `count` samples, rows first, in the range and dtype of the data it was fitted on; the seed decides which. In short for
/// the function "sample".
sg_status sg_model_sample(sg_tensor **out, sg_model *model, int64_t count, uint64_t seed, sg_error *SG_NULLABLE error);
/// What it was fitted to, as JSON: "data" with "sample_shape" and "scaling", and "target", null or an object with
/// "classes" ("values", "counts", "names") or "values". SG_ERROR_STATE before the first fit.
sg_status sg_model_describe(char **json, sg_model *model, sg_error *SG_NULLABLE error);
/// The registered name. Valid while the handle is held.
sg_status sg_model_name(const char **name, sg_model *model, sg_error *SG_NULLABLE error);
/// Its options in full, defaults included, as JSON.
sg_status sg_model_options(char **json, sg_model *model, sg_error *SG_NULLABLE error);
/// As sg_trainer_history; of all fits, {"step": []} before the first.
sg_status sg_model_history(char **json, sg_model *model, sg_error *SG_NULLABLE error);
/// As sg_trainer_information; "not_finite" also of a first fit that left the model without networks. Else SG_ERROR_STATE
/// before the first fit.
sg_status sg_model_information(char **json, sg_model *model, sg_error *SG_NULLABLE error);
/// As sg_trainer_diagnose. SG_ERROR_STATE before the first fit.
sg_status sg_model_diagnose(char **json, sg_model *model, const sg_tensor *const *SG_NULLABLE held_out, size_t count,
                            const char *SG_NULLABLE options, sg_error *SG_NULLABLE error);
/// A network of its game by name, such as "generator" or "discriminator". SG_ERROR_STATE before the first fit.
sg_status sg_model_layer(sg_layer **out, sg_model *model, const char *player, sg_error *SG_NULLABLE error);
/// Everything, so that sg_model_load in another process samples and goes on training to the same bits.
sg_status sg_model_save(sg_model *model, const char *path, sg_error *SG_NULLABLE error);
/// The file knows what model it is of.
sg_status sg_model_load(sg_model **out, const char *path, sg_error *SG_NULLABLE error);
sg_model *SG_NULLABLE sg_model_retain(sg_model *SG_NULLABLE model);
void sg_model_free(sg_model *SG_NULLABLE model);

// ------------------------------------------------------------------------------------------- debugging and profiling

/// Turns a check on (not 0) or off, for all threads; *previous (may be NULL) is what it was. While one is on, everything
/// runs op by op, and messages name the operation, the layer and the trainer's step, with shapes. "nan": the first operation
/// that makes a NaN or an infinity of finite inputs fails with an SG_ERROR_STATE. "inputs": the first one does that reads a
/// NaN or an infinity which no operation made since then, but data, a parameter or a constant brought in. The environment's
/// SWIFTGAN_DEBUG=nan, inputs or nan,inputs turns them on from the start.
sg_status sg_debug_set(int *SG_NULLABLE previous, const char *check, int enabled, sg_error *SG_NULLABLE error);
/// *enabled is 1 while a check is on, else 0.
sg_status sg_debug_get(int *enabled, const char *check, sg_error *SG_NULLABLE error);
/// Names what this thread computes until the matching exit, such as a layer: messages of debugging and profiles say it, the
/// innermost last, joined by dots. Layers of the library do so by themselves.
sg_status sg_scope_enter(const char *name, sg_error *SG_NULLABLE error);
/// Leaves the innermost scope of this thread; without one it does nothing.
void sg_scope_exit(void);
/// 1 while debugging, a profile or a trace on this thread wants to know scopes; else 0: then nobody needs to name any.
int sg_scope_is_watched(void);
/// Starts to time every step of programs and every operation that runs by itself, on all threads. SG_ERROR_STATE when a
/// profile is under way.
sg_status sg_profile_begin(sg_error *SG_NULLABLE error);
/// What was timed between the begin and the end of a profile.
typedef struct sg_profile sg_profile;
/// Ends it; *out is what was found. SG_ERROR_STATE when no profile is under way.
sg_status sg_profile_end(sg_profile **out, sg_error *SG_NULLABLE error);
/// What was found, as JSON: {"seconds": from begin to end, "peak": {"flops", "bytes"} per second, as measured on this machine
/// at the end, "ops": [{"name", "calls", "seconds", "flops", "bytes"}, ...], the longest first, "events": how many are in the
/// trace, "dropped": how many came after the 1,000,000 that are kept (ops count them)}. "bytes" are those of inputs and
/// outputs; "flops" count matrix products, convolutions and one for each element computed.
sg_status sg_profile_information(char **json, const sg_profile *profile, sg_error *SG_NULLABLE error);
/// All events in the form of Chrome's traces: an array to be saved for chrome://tracing or Perfetto. Steps of a trainer hold
/// players' updates, which hold layers and operations; some 200 bytes for each event.
sg_status sg_profile_trace(char **json, const sg_profile *profile, sg_error *SG_NULLABLE error);
sg_profile *SG_NULLABLE sg_profile_retain(sg_profile *SG_NULLABLE profile);
void sg_profile_free(sg_profile *SG_NULLABLE profile);

// -------------------------------------------------------------------------------------------------------------- data

/// A data set by name: one that ships with the library, is computed, or is read from files on this machine.
/// "digits": 1,797 real handwritten digits, data uint8 (1797, 8, 8, 1) of 0 to 16, labels int32 (1797,). {"split": "all",
/// "train" or "test", "test_size": 0.25, "count": null, "seed": 0}: parts with the classes in proportion.
/// "fashion_mnist": data uint8 (n, 28, 28, 1), labels int32 (n,). {"split": "train", "test" or "all", "count": null,
/// "seed": 0, "folder": null}: the four IDX files are looked for in the folder that the environment's SWIFTGAN_DATA names,
/// then where Debian's package dataset-fashion-mnist puts them. SG_ERROR_IO says how to get them where they are not.
/// "idx_folder": {"folder": path, "split", "count", "seed"}: any four files in the form of MNIST, with or without .gz.
/// "idx": {"path": path}: the array in one IDX file; .gz needs the system's zlib.
/// "ring8", "grid25": {"count": 2500, "seed": 0} points float32 (count, 2).
/// `labels` may be NULL; *labels is NULL for a set that has none.
sg_status sg_dataset_load(sg_tensor **data, sg_tensor **labels, const char *name, const char *SG_NULLABLE options,
                          sg_error *SG_NULLABLE error);
/// What is known of a data set beside its rows, as JSON: {"classes": [name, ...] or null, "folder": path or null}; the
/// folder is where files were found that do not come with the library, null when they are not on this machine.
sg_status sg_dataset_information(char **json, const char *name, sg_error *SG_NULLABLE error);

// ------------------------------------------------------------------------------------------------------------- inline

static inline sg_attribute sg_attribute_integer(const char *key, int64_t value) {
  sg_attribute a = {key, SG_ATTRIBUTE_INTEGER, 0, 0, {0}};
  a.value.integer = value;
  return a;
}
/// The integers are read when the attribute is used, so they must live until then.
static inline sg_attribute sg_attribute_integers(const char *key, const int64_t *SG_NULLABLE values, size_t count) {
  sg_attribute a = {key, SG_ATTRIBUTE_INTEGERS, 0, 0, {0}};
  a.count = count;
  a.value.integers = values;
  return a;
}
static inline sg_attribute sg_attribute_number(const char *key, double value) {
  sg_attribute a = {key, SG_ATTRIBUTE_NUMBER, 0, 0, {0}};
  a.value.number = value;
  return a;
}
static inline sg_attribute sg_attribute_bool(const char *key, int value) {
  sg_attribute a = {key, SG_ATTRIBUTE_BOOL, 0, 0, {0}};
  a.value.integer = value != 0;
  return a;
}
static inline sg_attribute sg_attribute_dtype(const char *key, sg_dtype value) {
  sg_attribute a = {key, SG_ATTRIBUTE_DTYPE, 0, 0, {0}};
  a.value.integer = value;
  return a;
}
static inline sg_attribute sg_attribute_text(const char *key, const char *value) {
  sg_attribute a = {key, SG_ATTRIBUTE_TEXT, 0, 0, {0}};
  a.value.text = value;
  return a;
}

SG_END_DECLARATIONS
#ifdef __cplusplus
}
#endif
#endif
