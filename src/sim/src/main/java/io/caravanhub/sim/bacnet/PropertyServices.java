package io.caravanhub.sim.bacnet;

/** ReadProperty, ReadPropertyMultiple and WriteProperty (clauses 15.5, 15.7 and 15.9). */
final class PropertyServices {
  private static final int PRESENT_VALUE = 85;
  private static final int ALL = -1;

  private final RooftopObjects objects;

  PropertyServices(RooftopObjects objects) {
    this.objects = objects;
  }

  byte[] read(Request request) {
    long object = objects.real(request.number(0));
    int property = (int) request.number(1);
    int index = request.next(2) ? (int) request.number(2) : ALL;
    byte[] value = property(object, property, index);
    Octets out = new Octets().object(0, object).number(1, property);
    if (index != ALL) {
      out.number(2, index);
    }
    return out.open(3).add(value).close(3).all();
  }

  byte[] readMultiple(Request request) {
    Octets out = new Octets();
    while (!request.atEnd()) {
      long object = objects.real(request.number(0));
      out.object(0, object).open(1);
      request.skip();
      while (!request.closes(1)) {
        int property = (int) request.number(0);
        int index = request.next(1) ? (int) request.number(1) : ALL;
        out.number(2, property);
        if (index != ALL) {
          out.number(3, index);
        }
        try {
          byte[] value = property(object, property, index);
          out.open(4).add(value).close(4);
        } catch (Refusal refusal) {
          out.open(5).enumerated(refusal.first()).enumerated(refusal.second()).close(5);
        }
      }
      request.skip();
      out.close(1);
    }
    return out.all();
  }

  byte[] write(Request request) {
    long object = request.number(0);
    int property = (int) request.number(1);
    if (object != RooftopObjects.FILTER_LIMIT || property != PRESENT_VALUE) {
      // property, write-access-denied
      throw Refusal.error(2, 40);
    }
    request.skip();
    float limit = request.real();
    if (!(limit >= 50 && limit <= 1000)) {
      // property, value-out-of-range
      throw Refusal.error(2, 37);
    }
    objects.setFilterLimit(limit);
    return new byte[0];
  }

  private byte[] property(long object, int property, int index) {
    byte[] value = objects.property(object, property, index);
    if (value != null) {
      return value;
    }
    boolean there = objects.has(object) || object == objects.device();
    // object, unknown-object; or property, unknown-property
    throw there ? Refusal.error(2, 32) : Refusal.error(1, 31);
  }
}
