package io.caravanhub.hub.notify;

import com.ibm.icu.text.DateFormat;
import com.ibm.icu.util.GregorianCalendar;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;

/**
 * A time in somebody's zone: ICU's date formats take the zone of a calendar for that of the text,
 * and {@code {opened_at}} alone is its short form.
 */
final class LocalMoment extends GregorianCalendar {
  private static final long serialVersionUID = 1L;
  private final ULocale locale;

  LocalMoment(Instant instant, ZoneId zone, ULocale locale) {
    super(TimeZone.getTimeZone(zone.getId()), locale);
    this.locale = locale;
    setTime(Date.from(instant));
  }

  @Override
  public String toString() {
    DateFormat format = DateFormat.getDateTimeInstance(DateFormat.SHORT, DateFormat.SHORT, locale);
    format.setTimeZone(getTimeZone());
    return format.format(getTime());
  }
}
