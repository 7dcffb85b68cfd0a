/** ONNX models on a gateway, by Microsoft's runtime. */
@NullMarked
package io.caravanhub.edge.onnx;

import org.jspecify.annotations.NullMarked;
