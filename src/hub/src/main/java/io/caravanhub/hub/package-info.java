/**
 * The hub: the Spring Boot application that holds the routes, the store, the rules, the API and the
 * console together.
 */
@NullMarked
package io.caravanhub.hub;

import org.jspecify.annotations.NullMarked;
