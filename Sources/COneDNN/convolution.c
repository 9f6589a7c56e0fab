#include <stdlib.h>
#include <string.h>

#include "COneDNN.h"
#include "library.h"
#include "threads.h"
#include "versions.h"

enum { SLOT_X, SLOT_KERNEL, SLOT_BIAS, SLOT_Y, SLOT_WEIGHTS, SLOT_SCRATCHPAD, SLOT_REORDER_SCRATCHPAD, SLOTS };

// A primitive and its arguments in the form that execution takes.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[SLOTS];
  int count;
} descent_call;

struct descent_convolution {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  descent_call convolution;
  // Brings the kernel into the order the convolution wants, or its gradient out of it; null where they are the same.
  descent_call reorder;
  bool reorders_first;
  dnnl_memory_t memory[SLOTS];
  size_t size[SLOTS];  // of what lies in the working memory
  const char *implementation;
  int32_t weight_order;
  int threads, reorder_threads;
  descent_openmp openmp;
};

#define RETURN_IF_FAILED(call)                     \
  do {                                             \
    dnnl_status_t status_ = (call);                \
    if (status_ != dnnl_success) return status_;   \
  } while (0)

// Images of as many channels as a block has are both blocked and channels last; the other tensor says which kernels fit.
static dnnl_status_t describe_images(
    descent_memory_layout *layout, int64_t batch, int64_t channels, const int64_t *extents, int64_t block,
    int64_t other_block) {
  dnnl_dims_t dimensions = {batch, channels, extents[0], extents[1]};
  dnnl_format_tag_t tag = dnnl_nchw;
  if (block > 0) {
    bool fits = (block == 8 || block == 16) && channels % block == 0 && (other_block == block || other_block == 0);
    if (!fits && block != channels) return dnnl_invalid_arguments;
    tag = !fits ? dnnl_nhwc : block == 8 ? dnnl_nChw8c : dnnl_nChw16c;
  }
  return descent_layout_create_tagged(layout, 4, dimensions, tag);
}

// The orders that forward convolutions and kernel gradients want where they are fast.
static const struct {
  const char *name;
  dnnl_format_tag_t tag;
} weight_orders[] = {
    {"OIhw16i16o", dnnl_OIhw16i16o}, {"gOIhw16i16o", dnnl_gOIhw16i16o}, {"OIhw8i8o", dnnl_OIhw8i8o},
    {"gOIhw8i8o", dnnl_gOIhw8i8o},   {"Ohwi16o", dnnl_Ohwi16o},         {"gOhwi16o", dnnl_gOhwi16o},
    {"Ohwi8o", dnnl_Ohwi8o},         {"gOhwi8o", dnnl_gOhwi8o},         {"Goihw16g", dnnl_Goihw16g},
    {"Goihw8g", dnnl_Goihw8g},
};
enum { WEIGHT_ORDERS = sizeof weight_orders / sizeof weight_orders[0] };

int32_t descent_weight_order_find(const char *name) {
  for (int32_t i = 0; i < WEIGHT_ORDERS; i++)
    if (strcmp(weight_orders[i].name, name) == 0) return i;
  return DESCENT_WEIGHTS_OTHER;
}

const char *descent_weight_order_name(int32_t order) {
  return order >= 0 && order < WEIGHT_ORDERS ? weight_orders[order].name : NULL;
}

static dnnl_status_t describe_weights(
    descent_memory_layout *layout, const descent_convolution_descriptor *d, dnnl_format_tag_t tag) {
  dnnl_dims_t plain = {d->outputs, d->channels, d->kernel[0], d->kernel[1]};
  dnnl_dims_t split = {d->groups, d->outputs / d->groups, d->channels / d->groups, d->kernel[0], d->kernel[1]};
  return descent_layout_create_tagged(layout, d->groups > 1 ? 5 : 4, d->groups > 1 ? split : plain, tag);
}

static dnnl_format_tag_t row_major_weights(const descent_convolution_descriptor *d) {
  return d->groups > 1 ? dnnl_goihw : dnnl_oihw;
}

static bool weights_lie_as(
    const descent_memory_layout *weights, const descent_convolution_descriptor *d, dnnl_format_tag_t tag) {
  descent_memory_layout candidate = {0};
  bool same = describe_weights(&candidate, d, tag) == dnnl_success &&
              onednn.memory_desc_equal(descent_layout_refer(weights), descent_layout_refer(&candidate));
  descent_layout_destroy(&candidate);
  return same;
}

static int32_t find_weight_order(const descent_memory_layout *weights, const descent_convolution_descriptor *d) {
  if (weights_lie_as(weights, d, row_major_weights(d))) return DESCENT_WEIGHTS_ROW_MAJOR;
  for (int32_t i = 0; i < WEIGHT_ORDERS; i++)
    if (weights_lie_as(weights, d, weight_orders[i].tag)) return i;
  return DESCENT_WEIGHTS_OTHER;
}

static dnnl_status_t make_attributes(const descent_convolution_descriptor *d, dnnl_primitive_attr_t *attributes) {
  RETURN_IF_FAILED(onednn.primitive_attr_create(attributes));
  dnnl_status_t status = onednn.primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
  if (status == dnnl_success && (d->accumulate || d->relu)) {
    dnnl_post_ops_t operations;
    status = onednn.post_ops_create(&operations);
    if (status == dnnl_success) {
      if (d->accumulate) status = descent_append_sum(operations);
      if (status == dnnl_success && d->relu) status = descent_append_eltwise(operations, dnnl_eltwise_relu, 0);
      if (status == dnnl_success) status = onednn.primitive_attr_set_post_ops(*attributes, operations);
      onednn.post_ops_destroy(operations);
    }
  }
  if (status != dnnl_success) onednn.primitive_attr_destroy(*attributes);
  return status;
}

static dnnl_status_t add_argument(
    descent_convolution *p, descent_call *call, int slot, int name, const descent_memory_layout *layout) {
  if (!p->memory[slot]) RETURN_IF_FAILED(descent_memory_create(&p->memory[slot], layout, p->engine));
  call->arguments[call->count].arg = name;
  call->arguments[call->count].memory = p->memory[slot];
  call->count++;
  return dnnl_success;
}

static dnnl_status_t add_scratchpad(
    descent_convolution *p, descent_call *call, int slot, const_dnnl_primitive_desc_t description) {
  descent_memory_layout layout = descent_layout_query(description, dnnl_query_scratchpad_md);
  p->size[slot] = descent_layout_size(&layout);
  return p->size[slot] == 0 ? dnnl_success : add_argument(p, call, slot, DNNL_ARG_SCRATCHPAD, &layout);
}

static dnnl_status_t add_reorder(
    descent_convolution *p, const descent_memory_layout *from, int from_slot, const descent_memory_layout *to,
    int to_slot) {
  dnnl_primitive_attr_t attributes;
  RETURN_IF_FAILED(onednn.primitive_attr_create(&attributes));
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status = onednn.primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  if (status == dnnl_success)
    status = onednn.reorder_primitive_desc_create(
        &description, descent_layout_refer(from), p->engine, descent_layout_refer(to), p->engine, attributes);
  onednn.primitive_attr_destroy(attributes);
  RETURN_IF_FAILED(status);
  status = onednn.primitive_create(&p->reorder.primitive, description);
  if (status == dnnl_success) status = add_argument(p, &p->reorder, from_slot, DNNL_ARG_FROM, from);
  if (status == dnnl_success) status = add_argument(p, &p->reorder, to_slot, DNNL_ARG_TO, to);
  if (status == dnnl_success) status = add_scratchpad(p, &p->reorder, SLOT_REORDER_SCRATCHPAD, description);
  onednn.primitive_desc_destroy(description);
  return status;
}

static dnnl_status_t build_from_description(
    descent_convolution *p, const descent_convolution_descriptor *d, dnnl_primitive_desc_t description,
    const descent_convolution_description *c, const descent_memory_layout *kernel) {
  RETURN_IF_FAILED(onednn.primitive_create(&p->convolution.primitive, description));
  // Ask the primitive, whose description lives as long as it does.
  const_dnnl_primitive_desc_t kept;
  RETURN_IF_FAILED(onednn.primitive_get_primitive_desc(p->convolution.primitive, &kept));
  RETURN_IF_FAILED(onednn.primitive_desc_query(kept, dnnl_query_impl_info_str, 0, &p->implementation));
  bool data = c->kind == dnnl_backward_data, computes_weights = c->kind == dnnl_backward_weights;
  bool forward = !data && !computes_weights;
  descent_memory_layout weights =
      descent_layout_query(kept, computes_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md);
  p->weight_order = find_weight_order(&weights, d);
  bool same = onednn.memory_desc_equal(descent_layout_refer(&weights), descent_layout_refer(kernel));
  int slot = same ? SLOT_KERNEL : SLOT_WEIGHTS;
  descent_call *call = &p->convolution;
  RETURN_IF_FAILED(add_argument(p, call, SLOT_X, data ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, c->source));
  RETURN_IF_FAILED(
      add_argument(p, call, slot, computes_weights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, &weights));
  RETURN_IF_FAILED(add_argument(p, call, SLOT_Y, forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, c->destination));
  if (c->bias) RETURN_IF_FAILED(add_argument(p, call, SLOT_BIAS, DNNL_ARG_BIAS, c->bias));
  RETURN_IF_FAILED(add_scratchpad(p, call, SLOT_SCRATCHPAD, kept));
  if (same) return dnnl_success;
  p->reorders_first = !computes_weights;
  p->size[SLOT_WEIGHTS] = descent_layout_size(&weights);
  int usual = descent_threads_enter(&p->openmp, p->reorder_threads);
  dnnl_status_t status = computes_weights ? add_reorder(p, &weights, SLOT_WEIGHTS, kernel, SLOT_KERNEL)
                                          : add_reorder(p, kernel, SLOT_KERNEL, &weights, SLOT_WEIGHTS);
  descent_threads_leave(&p->openmp, p->reorder_threads, usual);
  return status;
}

// The gradients' descriptions are made from the forward one.
static dnnl_status_t build_from_layouts(
    descent_convolution *p, const descent_convolution_descriptor *d, const descent_convolution_description *c,
    const descent_memory_layout *kernel) {
  dnnl_primitive_attr_t attributes = NULL;
  RETURN_IF_FAILED(make_attributes(d, &attributes));
  dnnl_primitive_desc_t forward = NULL, description = NULL;
  dnnl_status_t status = dnnl_success;
  if (c->kind != dnnl_forward_training) {
    descent_convolution_description hint = *c;
    hint.kind = dnnl_forward_training;
    status = descent_convolution_description_create(&forward, p->engine, &hint, NULL, attributes);
  }
  if (status == dnnl_success)
    status = descent_convolution_description_create(&description, p->engine, c, forward, attributes);
  onednn.primitive_attr_destroy(attributes);
  if (status == dnnl_success) status = build_from_description(p, d, description, c, kernel);
  if (description) onednn.primitive_desc_destroy(description);
  if (forward) onednn.primitive_desc_destroy(forward);
  return status;
}

static dnnl_status_t build(descent_convolution *p, const descent_convolution_descriptor *d) {
  RETURN_IF_FAILED(onednn.engine_create(&p->engine, dnnl_cpu, 0));
  RETURN_IF_FAILED(onednn.stream_create(&p->stream, p->engine, dnnl_stream_default_flags));
  descent_memory_layout x = {0}, kernel = {0}, wanted = {0}, bias = {0}, y = {0};
  descent_convolution_description c = {
      .kind = dnnl_forward_training,
      .algorithm = d->winograd ? dnnl_convolution_auto : dnnl_convolution_direct,
      .source = &x,
      .weights = &wanted,
      .bias = d->has_bias ? &bias : NULL,
      .destination = &y,
  };
  if (d->kind == DESCENT_CONVOLUTION_INPUT_GRADIENT) c.kind = dnnl_backward_data;
  if (d->kind == DESCENT_CONVOLUTION_KERNEL_GRADIENT) c.kind = dnnl_backward_weights;
  for (int i = 0; i < 2; i++) {
    c.strides[i] = d->strides[i];
    c.dilations[i] = d->dilations[i] - 1;  // oneDNN counts the gaps
    c.padding_low[i] = d->padding_low[i];
    c.padding_high[i] = d->padding_high[i];
  }
  dnnl_dims_t outputs = {d->outputs};
  dnnl_status_t status = describe_images(&x, d->batch, d->channels, d->input, d->input_block, d->result_block);
  if (status == dnnl_success)
    status = describe_images(&y, d->batch, d->outputs, d->result, d->result_block, d->input_block);
  const dnnl_format_tag_t given = d->weight_order < 0 ? row_major_weights(d) : weight_orders[d->weight_order].tag;
  if (status == dnnl_success) status = describe_weights(&kernel, d, given);
  if (status == dnnl_success) status = describe_weights(&wanted, d, dnnl_format_tag_any);
  if (status == dnnl_success && d->has_bias) status = descent_layout_create_tagged(&bias, 1, outputs, dnnl_x);
  if (status == dnnl_success) status = build_from_layouts(p, d, &c, &kernel);
  descent_layout_destroy(&x);
  descent_layout_destroy(&kernel);
  descent_layout_destroy(&wanted);
  descent_layout_destroy(&bias);
  descent_layout_destroy(&y);
  return status;
}

int descent_convolution_create(const descent_convolution_descriptor *descriptor, descent_convolution **convolution) {
  if (descriptor->threads < 1 || descriptor->reorder_threads < 1 || descriptor->groups < 1) return dnnl_invalid_arguments;
  if (descriptor->weight_order != DESCENT_WEIGHTS_ROW_MAJOR && !descent_weight_order_name(descriptor->weight_order))
    return dnnl_invalid_arguments;
  descent_convolution *p = calloc(1, sizeof *p);
  if (!p) return dnnl_out_of_memory;
  p->threads = descriptor->threads;
  p->reorder_threads = descriptor->reorder_threads;
  p->openmp = descent_openmp_find();
  int usual = descent_threads_enter(&p->openmp, p->threads);
  dnnl_status_t status = build(p, descriptor);
  descent_threads_leave(&p->openmp, p->threads, usual);
  if (status != dnnl_success) {
    descent_convolution_destroy(p);
    return status;
  }
  *convolution = p;
  return dnnl_success;
}

void descent_convolution_destroy(descent_convolution *p) {
  if (!p) return;
  for (int i = 0; i < SLOTS; i++)
    if (p->memory[i]) onednn.memory_destroy(p->memory[i]);
  if (p->convolution.primitive) onednn.primitive_destroy(p->convolution.primitive);
  if (p->reorder.primitive) onednn.primitive_destroy(p->reorder.primitive);
  if (p->stream) onednn.stream_destroy(p->stream);
  if (p->engine) onednn.engine_destroy(p->engine);
  free(p);
}

// What lies in the working memory starts at lines of the cache.
static size_t rounded(size_t size) { return (size + 63) / 64 * 64; }

size_t descent_convolution_scratchpad_size(const descent_convolution *p) {
  size_t size = 0;
  for (int i = SLOT_WEIGHTS; i < SLOTS; i++) size += rounded(p->size[i]);
  return size;
}

int descent_convolution_bind(
    descent_convolution *p, float *x, float *kernel, float *bias, float *y, void *scratchpad) {
  void *handles[SLOTS] = {x, kernel, bias, y};
  char *next = scratchpad;
  for (int i = SLOT_WEIGHTS; i < SLOTS; i++) {
    if (p->size[i] == 0) continue;
    if (!scratchpad) return dnnl_invalid_arguments;
    handles[i] = next;
    next += rounded(p->size[i]);
  }
  for (int i = 0; i < SLOTS; i++) {
    if (!p->memory[i]) continue;
    if (!handles[i]) return dnnl_invalid_arguments;
    RETURN_IF_FAILED(onednn.memory_set_data_handle(p->memory[i], handles[i]));
  }
  return dnnl_success;
}

static dnnl_status_t run(const descent_convolution *p, const descent_call *call, int threads) {
  if (!call->primitive) return dnnl_success;
  int usual = descent_threads_enter(&p->openmp, threads);
  dnnl_status_t status = onednn.primitive_execute(call->primitive, p->stream, call->count, call->arguments);
  descent_threads_leave(&p->openmp, threads, usual);
  return status;
}

int descent_convolution_execute(const descent_convolution *p) {
  if (p->reorders_first) RETURN_IF_FAILED(run(p, &p->reorder, p->reorder_threads));
  RETURN_IF_FAILED(run(p, &p->convolution, p->threads));
  return p->reorders_first ? dnnl_success : run(p, &p->reorder, p->reorder_threads);
}

int32_t descent_convolution_weight_order(const descent_convolution *p) { return p->weight_order; }

const char *descent_convolution_implementation(const descent_convolution *p) { return p->implementation; }
