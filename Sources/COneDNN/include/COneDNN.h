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

enum { DESCENT_MATMUL_MAX_BATCH_DIMENSIONS = 4 };

typedef enum {
  DESCENT_ACTIVATION_NONE = 0,
  DESCENT_ACTIVATION_RELU,
  DESCENT_ACTIVATION_TANH,
  DESCENT_ACTIVATION_GELU_ERF,
  DESCENT_ACTIVATION_GELU_TANH,
  DESCENT_ACTIVATION_LOGISTIC,
  DESCENT_ACTIVATION_SWISH,
} descent_activation;

/// The product C = activation(A · B + bias [+ C]) of float32 matrices, once or for each index of a batch.
/// A is [batch…, m, k], B is [batch…, k, n], C is [batch…, m, n], bias is [n]. Strides count elements.
typedef struct {
  int32_t batch_dimensions;  // 0 … DESCENT_MATMUL_MAX_BATCH_DIMENSIONS
  int64_t batch[DESCENT_MATMUL_MAX_BATCH_DIMENSIONS];
  int64_t m, n, k;
  // A batch stride of 0 uses the same matrix for every index of that dimension.
  int64_t a_batch_strides[DESCENT_MATMUL_MAX_BATCH_DIMENSIONS], a_row_stride, a_column_stride;
  int64_t b_batch_strides[DESCENT_MATMUL_MAX_BATCH_DIMENSIONS], b_row_stride, b_column_stride;
  // The columns of C are adjacent.
  int64_t c_batch_strides[DESCENT_MATMUL_MAX_BATCH_DIMENSIONS], c_row_stride;
  bool has_bias;
  bool accumulate;  // adds what C holds before the activation
  descent_activation activation;
  int32_t threads;  // at least 1; fixed, because oneDNN divides the work when it makes the kernel
} descent_matmul_descriptor;

typedef struct descent_matmul descent_matmul;

/// Makes the kernel. Returns 0 and the product, or a status for descent_onednn_status_name.
int descent_matmul_create(const descent_matmul_descriptor *descriptor, descent_matmul **product);

/// Frees the product; null is allowed.
void descent_matmul_destroy(descent_matmul *product);

/// Bytes of working memory that execution needs, 0 for none. Products that do not run at once may share it.
size_t descent_matmul_scratchpad_size(const descent_matmul *product);

/// Sets where the matrices are; bias may be null if the descriptor has none, scratchpad if its size is 0.
/// 64-byte alignment of the scratchpad is required, of the matrices it is faster. Returns 0 or a status.
int descent_matmul_bind(
    descent_matmul *product, const float *a, const float *b, const float *bias, float *c, void *scratchpad);

/// Computes. All pointers must be bound. Must not be called from within a team of threads. Returns 0 or a status.
int descent_matmul_execute(const descent_matmul *product);

/// oneDNN's name of the implementation it chose, such as "brg:avx512_core"; lives as long as the product.
const char *descent_matmul_implementation(const descent_matmul *product);

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
