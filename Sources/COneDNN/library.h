// oneDNN's functions, found when the library is loaded. It is opened at run time and not linked, so that a program
// starts without it and can say what is missing, and so that settings of its threads can be made before.
#ifndef DESCENT_COneDNN_LIBRARY_H
#define DESCENT_COneDNN_LIBRARY_H

#include <dnnl.h>
#include <dnnl_debug.h>

#define DESCENT_ONEDNN_COMMON(X)                                                                                   \
  X(engine_create) X(engine_destroy) X(stream_create) X(stream_destroy) X(primitive_create) X(primitive_destroy)   \
  X(primitive_execute) X(primitive_get_primitive_desc) X(primitive_desc_query) X(primitive_desc_query_md)          \
  X(primitive_desc_destroy) X(primitive_attr_create) X(primitive_attr_destroy)                                     \
  X(primitive_attr_set_scratchpad_mode) X(primitive_attr_set_post_ops) X(post_ops_create) X(post_ops_destroy)      \
  X(post_ops_append_eltwise) X(post_ops_append_sum) X(memory_create) X(memory_destroy) X(memory_set_data_handle)   \
  X(memory_desc_get_size) X(memory_desc_equal) X(reorder_primitive_desc_create)                                    \
  X(status2str) X(version) X(cpu_isa2str) X(get_effective_cpu_isa)

#if DNNL_VERSION_MAJOR >= 3
#define DESCENT_ONEDNN_FUNCTIONS(X) \
  DESCENT_ONEDNN_COMMON(X) X(memory_desc_destroy) X(memory_desc_create_with_tag)                                     \
  X(convolution_forward_primitive_desc_create)                                                                       \
  X(convolution_backward_data_primitive_desc_create) X(convolution_backward_weights_primitive_desc_create)
#else
#define DESCENT_ONEDNN_FUNCTIONS(X) \
  DESCENT_ONEDNN_COMMON(X) X(primitive_desc_create) X(memory_desc_init_by_tag)                                       \
  X(dilated_convolution_forward_desc_init)                                                                           \
  X(dilated_convolution_backward_data_desc_init) X(dilated_convolution_backward_weights_desc_init)
#endif

typedef struct {
#define DESCENT_FIELD(name) __typeof__(&dnnl_##name) name;
  DESCENT_ONEDNN_FUNCTIONS(DESCENT_FIELD)
#undef DESCENT_FIELD
} descent_onednn_functions;

// Filled by descent_onednn_load, before anything else here is called.
extern descent_onednn_functions onednn;

#endif
