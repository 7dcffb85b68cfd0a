package io.caravanhub.core.bacnet;

/** Numbers of the services used (clause 21, Confirmed- and UnconfirmedServiceChoice). */
final class Service {
  static final int ACKNOWLEDGE_ALARM = 0;
  static final int CONFIRMED_COV_NOTIFICATION = 1;
  static final int CONFIRMED_EVENT_NOTIFICATION = 2;
  static final int SUBSCRIBE_COV = 5;
  static final int READ_PROPERTY = 12;
  static final int READ_PROPERTY_MULTIPLE = 14;
  static final int WRITE_PROPERTY = 15;
  static final int SUBSCRIBE_COV_PROPERTY = 28;
  static final int GET_EVENT_INFORMATION = 29;

  static final int I_AM = 0;
  static final int UNCONFIRMED_COV_NOTIFICATION = 2;
  static final int UNCONFIRMED_EVENT_NOTIFICATION = 3;
  static final int WHO_IS = 8;

  private Service() {}
}
