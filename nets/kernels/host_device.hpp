// nets/kernels/host_device.hpp: marks a function that the GPU compiler builds for both sides.
#pragma once

#ifdef __CUDACC__
#define GROK_HOST_DEVICE __host__ __device__
#else
#define GROK_HOST_DEVICE
#endif
