#include <dnnl.h>
#include <dnnl_debug.h>
#include <stdio.h>

#include "COneDNN.h"

const char *descent_onednn_status_name(int status) { return dnnl_status2str((dnnl_status_t)status); }

void descent_onednn_version(char *buffer, size_t size) {
  const dnnl_version_t *version = dnnl_version();
  snprintf(buffer, size, "%d.%d.%d", version->major, version->minor, version->patch);
}

const char *descent_onednn_instruction_set(void) {
  return dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa());
}
