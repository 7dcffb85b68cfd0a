package io.caravanhub.hub.coap;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** A request that is refused before anything is done with it. */
final class CoapRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final ResponseCode code;

  CoapRefusal(ResponseCode code, String detail) {
    super(detail);
    this.code = code;
  }

  ResponseCode code() {
    return code;
  }
}
