// The places where oneDNN's 2.x and 3.x interfaces differ: layouts became objects that someone owns, a primitive's
// description is made in one step, and post-operations changed their parameters.
#ifndef DESCENT_COneDNN_VERSIONS_H
#define DESCENT_COneDNN_VERSIONS_H

#include "library.h"

// What a convolution's description is made of, beside its attributes. Layouts are those of x, of the kernel and of the
// result, or of their gradients, and of a forward convolution's bias (null for none).
typedef struct {
  dnnl_prop_kind_t kind;  // forward training, backward data or backward weights
  dnnl_alg_kind_t algorithm;
  const struct descent_memory_layout *source, *weights, *bias, *destination;
  dnnl_dims_t strides, dilations, padding_low, padding_high;
} descent_convolution_description;

#if DNNL_VERSION_MAJOR >= 3

typedef struct descent_memory_layout {
  const_dnnl_memory_desc_t value;
  dnnl_memory_desc_t owned;  // null where oneDNN owns it
} descent_memory_layout;

static inline void descent_layout_destroy(descent_memory_layout *layout) {
  if (layout->owned) onednn.memory_desc_destroy(layout->owned);
}

static inline size_t descent_layout_size(const descent_memory_layout *layout) {
  return layout->value ? onednn.memory_desc_get_size(layout->value) : 0;
}

static inline dnnl_status_t descent_memory_create(
    dnnl_memory_t *memory, const descent_memory_layout *layout, dnnl_engine_t engine) {
  return onednn.memory_create(memory, layout->value, engine, DNNL_MEMORY_NONE);
}

static inline dnnl_status_t descent_append_eltwise(dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha) {
  return onednn.post_ops_append_eltwise(operations, kind, alpha, 0.0f);
}

static inline dnnl_status_t descent_append_sum(dnnl_post_ops_t operations) {
  return onednn.post_ops_append_sum(operations, 1.0f, 0, dnnl_f32);
}

typedef const_dnnl_memory_desc_t descent_layout_reference;

static inline descent_layout_reference descent_layout_refer(const descent_memory_layout *layout) {
  return layout ? layout->value : NULL;
}

static inline dnnl_status_t descent_layout_create_tagged(
    descent_memory_layout *layout, int dimensions, const dnnl_dims_t extents, dnnl_format_tag_t tag) {
  dnnl_status_t status = onednn.memory_desc_create_with_tag(&layout->owned, dimensions, extents, dnnl_f32, tag);
  layout->value = layout->owned;
  return status;
}

// The layout lives as long as the description.
static inline descent_memory_layout descent_layout_query(const_dnnl_primitive_desc_t description, dnnl_query_t what) {
  descent_memory_layout layout = {onednn.primitive_desc_query_md(description, what, 0), NULL};
  return layout;
}

static inline dnnl_status_t descent_convolution_description_create(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, const descent_convolution_description *c,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
  descent_layout_reference source = descent_layout_refer(c->source), weights = descent_layout_refer(c->weights);
  descent_layout_reference bias = descent_layout_refer(c->bias), destination = descent_layout_refer(c->destination);
  if (c->kind == dnnl_backward_data)
    return onednn.convolution_backward_data_primitive_desc_create(
        description, engine, c->algorithm, source, weights, destination, c->strides, c->dilations, c->padding_low,
        c->padding_high, forward, attributes);
  if (c->kind == dnnl_backward_weights)
    return onednn.convolution_backward_weights_primitive_desc_create(
        description, engine, c->algorithm, source, weights, NULL, destination, c->strides, c->dilations,
        c->padding_low, c->padding_high, forward, attributes);
  return onednn.convolution_forward_primitive_desc_create(
      description, engine, c->kind, c->algorithm, source, weights, bias, destination, c->strides, c->dilations,
      c->padding_low, c->padding_high, attributes);
}

#else

typedef struct descent_memory_layout {
  dnnl_memory_desc_t value;
} descent_memory_layout;

static inline void descent_layout_destroy(descent_memory_layout *layout) { (void)layout; }

static inline size_t descent_layout_size(const descent_memory_layout *layout) {
  return layout->value.ndims == 0 ? 0 : onednn.memory_desc_get_size(&layout->value);
}

static inline dnnl_status_t descent_memory_create(
    dnnl_memory_t *memory, const descent_memory_layout *layout, dnnl_engine_t engine) {
  return onednn.memory_create(memory, &layout->value, engine, DNNL_MEMORY_NONE);
}

static inline dnnl_status_t descent_append_eltwise(dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha) {
  return onednn.post_ops_append_eltwise(operations, 1.0f, kind, alpha, 0.0f);
}

static inline dnnl_status_t descent_append_sum(dnnl_post_ops_t operations) {
  return onednn.post_ops_append_sum(operations, 1.0f);
}

typedef const dnnl_memory_desc_t *descent_layout_reference;

static inline descent_layout_reference descent_layout_refer(const descent_memory_layout *layout) {
  return layout ? &layout->value : NULL;
}

static inline dnnl_status_t descent_layout_create_tagged(
    descent_memory_layout *layout, int dimensions, const dnnl_dims_t extents, dnnl_format_tag_t tag) {
  return onednn.memory_desc_init_by_tag(&layout->value, dimensions, extents, dnnl_f32, tag);
}

static inline descent_memory_layout descent_layout_query(const_dnnl_primitive_desc_t description, dnnl_query_t what) {
  descent_memory_layout layout = {0};
  const dnnl_memory_desc_t *value = onednn.primitive_desc_query_md(description, what, 0);
  if (value) layout.value = *value;
  return layout;
}

static inline dnnl_status_t descent_convolution_description_create(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, const descent_convolution_description *c,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
  descent_layout_reference source = descent_layout_refer(c->source), weights = descent_layout_refer(c->weights);
  descent_layout_reference bias = descent_layout_refer(c->bias), destination = descent_layout_refer(c->destination);
  dnnl_convolution_desc_t operation;
  dnnl_status_t status;
  if (c->kind == dnnl_backward_data)
    status = onednn.dilated_convolution_backward_data_desc_init(
        &operation, c->algorithm, source, weights, destination, c->strides, c->dilations, c->padding_low,
        c->padding_high);
  else if (c->kind == dnnl_backward_weights)
    status = onednn.dilated_convolution_backward_weights_desc_init(
        &operation, c->algorithm, source, weights, NULL, destination, c->strides, c->dilations, c->padding_low,
        c->padding_high);
  else
    status = onednn.dilated_convolution_forward_desc_init(
        &operation, c->kind, c->algorithm, source, weights, bias, destination, c->strides, c->dilations,
        c->padding_low, c->padding_high);
  if (status != dnnl_success) return status;
  return onednn.primitive_desc_create(description, &operation, attributes, engine, forward);
}

#endif

#endif
