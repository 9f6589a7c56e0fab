#include <stdio.h>

#include "COneDNN.h"
#include "library.h"

const char *descent_onednn_status_name(int status) { return onednn.status2str((dnnl_status_t)status); }

void descent_onednn_version(char *buffer, size_t size) {
  const dnnl_version_t *version = onednn.version();
  snprintf(buffer, size, "%d.%d.%d", version->major, version->minor, version->patch);
}

const char *descent_onednn_instruction_set(void) {
  return onednn.cpu_isa2str(onednn.get_effective_cpu_isa());
}
