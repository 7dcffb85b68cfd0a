package io.caravanhub.hub.settings;

/** A setting that cannot be used; the message is the one line a person is shown. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingException(String setting, String problem) {
    super(setting + ": " + problem);
  }
}
