#pragma once
/// The Ed25519 key of this computer that signs audit chains: in the desktop's keyring where there is one, else in a
/// file of the configuration folder (0600). Made at the first use. Its public half lies beside, for whoever verifies.
///
/// Thread: one with an event loop (gui or main), except where a function says otherwise. Errors: Io, Keychain, Parse (a
/// damaged key file: it is never overwritten).
#include "core/audit/signingkey.h"

#include <QString>
#include <functional>
#include <optional>

class QObject;

namespace framescope {

struct HeldKey
{
    std::shared_ptr<const SigningKey> key;
    QString place; ///< "Secret Service", or the file's path
};

/// The reply may come before this returns (a file), or later, on this thread and while @p context lives. A keyring that
/// does not answer within ten seconds (it waits for a person to unlock it) is passed over for the file.
void obtainSigningKey(QObject* context, std::function<void(Expected<HeldKey>)> reply);
/// The key in the file, made when there is none. Thread: any.
[[nodiscard]] Expected<HeldKey> signingKeyFromFile();
/// `$XDG_CONFIG_HOME/framescope/signing-key.pem`.
[[nodiscard]] QString signingKeyFile();
/// `$XDG_CONFIG_HOME/framescope/signing-key.pub.pem`: of the key that was used last. Thread: any.
[[nodiscard]] QString publicKeyFile();
[[nodiscard]] std::optional<PublicKey> ownPublicKey();
/// Those of all keys that this computer seals with, as far as they are known without asking the keyring: that one, and
/// the file's. None is made.
[[nodiscard]] std::vector<PublicKey> ownPublicKeys();
/// `$XDG_STATE_HOME/framescope/anchors`: the last checkpoint of each session, outside its file. Thread: any.
[[nodiscard]] QString defaultAnchorFolder();

} // namespace framescope
