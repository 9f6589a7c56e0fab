// What Descent needs of oneDNN, in a form that does not change between its 2.x and 3.x interfaces.
#ifndef DESCENT_COneDNN_H
#define DESCENT_COneDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens the library `name` (a path, or a name the system's loader finds). On failure writes why into `problem`. Must
/// succeed once, before any other function here is called; not to be called by several threads at once.
bool descent_onednn_load(const char *name, char *problem, size_t size);

/// The major version that this shim was compiled for: the only one it can load.
int descent_onednn_major_version(void);

/// Makes the runtime of oneDNN's threads ready: a thread that waits for work gives up its processor sooner than the
/// runtime's default lets it, unless the environment already says how long. Only the first call has an effect.
void descent_openmp_prepare(void);

/// Which of a convolution's three tensors is computed from the other two.
typedef enum {
  DESCENT_CONVOLUTION_FORWARD = 0,
  DESCENT_CONVOLUTION_INPUT_GRADIENT,
  DESCENT_CONVOLUTION_KERNEL_GRADIENT,
} descent_convolution_kind;

/// The convolution of float32 images, or one of its two gradients. x is [batch, channels, height, width], the kernel
/// [outputs, channels / groups, height, width] in the order that the descriptor names, the result y [batch, outputs,
/// height, width], the bias [outputs]. Images lie in memory as [batch, channels / block, height, width, block]: block 0 stands for row-major
/// order, `channels` for channels last; beside these there are 8 and 16.
typedef struct {
  descent_convolution_kind kind;
  int64_t batch, channels, outputs, groups;
  int64_t input[2], kernel[2], result[2];  // height, width
  int64_t strides[2], dilations[2];        // 1 for a dense kernel
  int64_t padding_low[2], padding_high[2];
  int64_t input_block, result_block;
  int32_t weight_order;     // of the kernel: of descent_weight_order_find, or DESCENT_WEIGHTS_ROW_MAJOR
  bool has_bias;            // forward only
  bool relu;                // forward only, at the end
  bool accumulate;          // forward only: adds what y holds, before the activation
  bool winograd;            // allows the faster and less exact algorithm
  int32_t threads;          // at least 1; fixed, because oneDNN divides the work when it makes the kernel
  int32_t reorder_threads;  // the same for bringing the weights into the kernel's order, or their gradient out of it
} descent_convolution_descriptor;

typedef struct descent_convolution descent_convolution;

enum { DESCENT_WEIGHTS_ROW_MAJOR = -1, DESCENT_WEIGHTS_OTHER = -2 };

/// The order of weights that oneDNN calls `name`: letters are the axes from outermost to innermost (g groups, o outputs, i
/// channels, h height, w width); axes with a capital letter are cut into blocks, whose sizes and axes follow.
/// DESCENT_WEIGHTS_OTHER if weights are never kept in that order.
int32_t descent_weight_order_find(const char *name);

/// The name of an order, null for the two that have none.
const char *descent_weight_order_name(int32_t order);

/// Makes the kernel, and what brings the weights into the order it wants. Returns 0 and the convolution, or a status for
/// descent_onednn_status_name.
int descent_convolution_create(const descent_convolution_descriptor *descriptor, descent_convolution **convolution);

/// Frees the convolution; null is allowed.
void descent_convolution_destroy(descent_convolution *convolution);

/// Bytes of working memory that execution needs, 0 for none. Convolutions that do not run at once may share it.
size_t descent_convolution_scratchpad_size(const descent_convolution *convolution);

/// Sets where the tensors are: x, kernel, bias and y or their gradients, whichever of them is computed; bias may be null
/// if the descriptor has none, scratchpad if its size is 0. 64-byte alignment of the scratchpad is required, of the
/// tensors it is faster. Returns 0 or a status.
int descent_convolution_bind(
    descent_convolution *convolution, float *x, float *kernel, float *bias, float *y, void *scratchpad);

/// Computes. All pointers must be bound. Must not be called from within a team of threads. Returns 0 or a status.
int descent_convolution_execute(const descent_convolution *convolution);

/// The order in which the chosen implementation takes the weights, or gives their gradient.
int32_t descent_convolution_weight_order(const descent_convolution *convolution);

/// oneDNN's name of the implementation it chose; lives as long as the convolution.
const char *descent_convolution_implementation(const descent_convolution *convolution);

/// The name of a status, such as "unimplemented".
const char *descent_onednn_status_name(int status);

/// Writes the version of the loaded library as "2.6.3", cut to the buffer's size, with a zero at the end.
void descent_onednn_version(char *buffer, size_t size);

/// The name of the newest instruction set that oneDNN uses on this processor, such as "avx512_core_vnni".
const char *descent_onednn_instruction_set(void);

#ifdef __cplusplus
}
#endif

#endif
