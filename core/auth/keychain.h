#pragma once
/// The desktop's keyring (Secret Service or KWallet), through QtKeychain.
///
/// Nothing falls back to a plain file: without a keyring every call answers with Error Keychain and nothing is written.
/// Thread: one with an event loop (gui or main). Each reply comes later, on that thread, and never when @p context is
/// gone; a keyring that wants to be unlocked answers when the person does.
#include "core/base/error.h"
#include "core/base/secret.h"

#include <QString>
#include <functional>

class QObject;

namespace framescope::keychain {

/// Errors: NotFound (nothing under that key), Keychain.
void read(const QString& key, QObject* context, std::function<void(Expected<Secret>)> reply);
void write(const QString& key, const Secret& secret, QObject* context, std::function<void(Expected<void>)> reply);
/// A key that is not there is no error.
void remove(const QString& key, QObject* context, std::function<void(Expected<void>)> reply);

/// "Secret Service", "KWallet", or "" when the session has none. One question to the session bus, which answers at
/// once.
[[nodiscard]] QString backendName();

} // namespace framescope::keychain
