#include "COneDNN.h"

#include <stdlib.h>

#include "library.h"
#include "threads.h"
#include "versions.h"

enum { ARGUMENT_A, ARGUMENT_B, ARGUMENT_C, ARGUMENT_BIAS, ARGUMENT_SCRATCHPAD, ARGUMENT_SLOTS };

struct descent_matmul {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  dnnl_memory_t memory[ARGUMENT_SLOTS];
  // The memories in the form that execution takes; only those that are used, so fewer than slots.
  dnnl_exec_arg_t arguments[ARGUMENT_SLOTS];
  int argument_count;
  const char *implementation;
  size_t scratchpad_size;
  int threads;
  descent_openmp openmp;
};

#define RETURN_IF_FAILED(call)                     \
  do {                                             \
    dnnl_status_t status_ = (call);                \
    if (status_ != dnnl_success) return status_;   \
  } while (0)

static dnnl_alg_kind_t algorithm(descent_activation activation, float *alpha) {
  *alpha = 0;
  switch (activation) {
    case DESCENT_ACTIVATION_NONE: break;
    case DESCENT_ACTIVATION_RELU: return dnnl_eltwise_relu;
    case DESCENT_ACTIVATION_TANH: return dnnl_eltwise_tanh;
    case DESCENT_ACTIVATION_GELU_ERF: return dnnl_eltwise_gelu_erf;
    case DESCENT_ACTIVATION_GELU_TANH: return dnnl_eltwise_gelu_tanh;
    case DESCENT_ACTIVATION_LOGISTIC: return dnnl_eltwise_logistic;
    case DESCENT_ACTIVATION_SWISH: *alpha = 1; return dnnl_eltwise_swish;
  }
  return dnnl_alg_kind_undef;
}

static dnnl_status_t make_attributes(const descent_matmul_descriptor *d, dnnl_primitive_attr_t *attributes) {
  RETURN_IF_FAILED(onednn.primitive_attr_create(attributes));
  // Memory from the caller: oneDNN would otherwise keep a buffer of its own, per thread that executes.
  dnnl_status_t status = onednn.primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
  float alpha;
  dnnl_alg_kind_t kind = algorithm(d->activation, &alpha);
  if (status == dnnl_success && (d->accumulate || kind != dnnl_alg_kind_undef)) {
    dnnl_post_ops_t operations;
    status = onednn.post_ops_create(&operations);
    if (status == dnnl_success) {
      if (d->accumulate) status = descent_append_sum(operations);
      if (status == dnnl_success && kind != dnnl_alg_kind_undef)
        status = descent_append_eltwise(operations, kind, alpha);
      // The attributes keep a copy.
      if (status == dnnl_success) status = onednn.primitive_attr_set_post_ops(*attributes, operations);
      onednn.post_ops_destroy(operations);
    }
  }
  if (status != dnnl_success) onednn.primitive_attr_destroy(*attributes);
  return status;
}

// Describes [batch…, rows, columns]; a batch dimension of stride 0 gets extent 1, which oneDNN repeats.
static dnnl_status_t describe(
    descent_memory_layout *layout, const descent_matmul_descriptor *d, const int64_t *batch_strides, int64_t rows,
    int64_t row_stride, int64_t columns, int64_t column_stride) {
  dnnl_dims_t extents = {0}, strides = {0};
  int count = d->batch_dimensions;
  extents[count] = rows;
  strides[count] = row_stride;
  extents[count + 1] = columns;
  strides[count + 1] = column_stride;
  int64_t span = rows * row_stride > columns * column_stride ? rows * row_stride : columns * column_stride;
  for (int i = count - 1; i >= 0; i--) {
    bool repeated = batch_strides[i] == 0;
    extents[i] = repeated ? 1 : d->batch[i];
    // A dense stride where it has no meaning lets oneDNN recognize the layout.
    strides[i] = extents[i] == 1 ? span : batch_strides[i];
    if (strides[i] * extents[i] > span) span = strides[i] * extents[i];
  }
  return descent_layout_create(layout, count + 2, extents, strides);
}

// The bias is [1…, 1, n].
static dnnl_status_t describe_bias(descent_memory_layout *layout, const descent_matmul_descriptor *d) {
  dnnl_dims_t extents, strides;
  int count = d->batch_dimensions + 2;
  for (int i = 0; i < count; i++) {
    extents[i] = i == count - 1 ? d->n : 1;
    strides[i] = i == count - 1 ? 1 : d->n;
  }
  return descent_layout_create(layout, count, extents, strides);
}

static dnnl_status_t add_argument(descent_matmul *p, int slot, int name, const descent_memory_layout *layout) {
  RETURN_IF_FAILED(descent_memory_create(&p->memory[slot], layout, p->engine));
  p->arguments[p->argument_count].arg = name;
  p->arguments[p->argument_count].memory = p->memory[slot];
  p->argument_count++;
  return dnnl_success;
}

static dnnl_status_t build_from_description(
    descent_matmul *p, dnnl_primitive_desc_t description, const descent_matmul_descriptor *d,
    const descent_memory_layout layouts[ARGUMENT_SLOTS]) {
  RETURN_IF_FAILED(onednn.primitive_create(&p->primitive, description));
  // Ask the primitive, whose description lives as long as it does.
  const_dnnl_primitive_desc_t kept;
  RETURN_IF_FAILED(onednn.primitive_get_primitive_desc(p->primitive, &kept));
  RETURN_IF_FAILED(onednn.primitive_desc_query(kept, dnnl_query_impl_info_str, 0, &p->implementation));
  RETURN_IF_FAILED(add_argument(p, ARGUMENT_A, DNNL_ARG_SRC, &layouts[ARGUMENT_A]));
  RETURN_IF_FAILED(add_argument(p, ARGUMENT_B, DNNL_ARG_WEIGHTS, &layouts[ARGUMENT_B]));
  RETURN_IF_FAILED(add_argument(p, ARGUMENT_C, DNNL_ARG_DST, &layouts[ARGUMENT_C]));
  if (d->has_bias) RETURN_IF_FAILED(add_argument(p, ARGUMENT_BIAS, DNNL_ARG_BIAS, &layouts[ARGUMENT_BIAS]));
  descent_memory_layout scratchpad = descent_layout_query(kept, dnnl_query_scratchpad_md);
  p->scratchpad_size = descent_layout_size(&scratchpad);
  if (p->scratchpad_size > 0)
    RETURN_IF_FAILED(add_argument(p, ARGUMENT_SCRATCHPAD, DNNL_ARG_SCRATCHPAD, &scratchpad));
  return dnnl_success;
}

static dnnl_status_t build(descent_matmul *p, const descent_matmul_descriptor *d) {
  RETURN_IF_FAILED(onednn.engine_create(&p->engine, dnnl_cpu, 0));
  RETURN_IF_FAILED(onednn.stream_create(&p->stream, p->engine, dnnl_stream_default_flags));
  descent_memory_layout layouts[ARGUMENT_SLOTS] = {0};
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status =
      describe(&layouts[ARGUMENT_A], d, d->a_batch_strides, d->m, d->a_row_stride, d->k, d->a_column_stride);
  if (status == dnnl_success)
    status = describe(&layouts[ARGUMENT_B], d, d->b_batch_strides, d->k, d->b_row_stride, d->n, d->b_column_stride);
  if (status == dnnl_success)
    status = describe(&layouts[ARGUMENT_C], d, d->c_batch_strides, d->m, d->c_row_stride, d->n, 1);
  if (status == dnnl_success && d->has_bias) status = describe_bias(&layouts[ARGUMENT_BIAS], d);
  if (status == dnnl_success) status = make_attributes(d, &attributes);
  if (status == dnnl_success) {
    status = descent_matmul_description_create(
        &description, p->engine, &layouts[ARGUMENT_A], &layouts[ARGUMENT_B],
        d->has_bias ? &layouts[ARGUMENT_BIAS] : NULL, &layouts[ARGUMENT_C], attributes);
    onednn.primitive_attr_destroy(attributes);
  }
  if (status == dnnl_success) {
    status = build_from_description(p, description, d, layouts);
    onednn.primitive_desc_destroy(description);
  }
  for (int i = 0; i < ARGUMENT_SLOTS; i++) descent_layout_destroy(&layouts[i]);
  return status;
}

int descent_matmul_create(const descent_matmul_descriptor *descriptor, descent_matmul **product) {
  if (descriptor->threads < 1 || descriptor->batch_dimensions < 0 ||
      descriptor->batch_dimensions > DESCENT_MATMUL_MAX_BATCH_DIMENSIONS)
    return dnnl_invalid_arguments;
  descent_matmul *p = calloc(1, sizeof *p);
  if (!p) return dnnl_out_of_memory;
  p->threads = descriptor->threads;
  p->openmp = descent_openmp_find();
  int usual = descent_threads_enter(&p->openmp, p->threads);
  dnnl_status_t status = build(p, descriptor);
  descent_threads_leave(&p->openmp, p->threads, usual);
  if (status != dnnl_success) {
    descent_matmul_destroy(p);
    return status;
  }
  *product = p;
  return dnnl_success;
}

void descent_matmul_destroy(descent_matmul *p) {
  if (!p) return;
  for (int i = 0; i < ARGUMENT_SLOTS; i++)
    if (p->memory[i]) onednn.memory_destroy(p->memory[i]);
  if (p->primitive) onednn.primitive_destroy(p->primitive);
  if (p->stream) onednn.stream_destroy(p->stream);
  if (p->engine) onednn.engine_destroy(p->engine);
  free(p);
}

size_t descent_matmul_scratchpad_size(const descent_matmul *p) { return p->scratchpad_size; }

int descent_matmul_bind(
    descent_matmul *p, const float *a, const float *b, const float *bias, float *c, void *scratchpad) {
  // oneDNN takes every pointer as mutable, and writes through C and the scratchpad only.
  void *handles[ARGUMENT_SLOTS] = {(void *)a, (void *)b, c, (void *)bias, scratchpad};
  for (int i = 0; i < ARGUMENT_SLOTS; i++) {
    if (!p->memory[i]) continue;
    if (!handles[i]) return dnnl_invalid_arguments;
    RETURN_IF_FAILED(onednn.memory_set_data_handle(p->memory[i], handles[i]));
  }
  return dnnl_success;
}

int descent_matmul_execute(const descent_matmul *p) {
  int usual = descent_threads_enter(&p->openmp, p->threads);
  dnnl_status_t status = onednn.primitive_execute(p->primitive, p->stream, p->argument_count, p->arguments);
  descent_threads_leave(&p->openmp, p->threads, usual);
  return status;
}

const char *descent_matmul_implementation(const descent_matmul *p) { return p->implementation; }
