#pragma once
/// Anchors: the last checkpoint of each session, kept outside its file. A session file that ends before its anchor was
/// cut, or an older copy of it was put back; one that differs there was made anew.
///
/// One small file (0600) a session in a folder (0700), replaced whole (written beside and renamed).
/// Thread: any, one writer a session. Errors: Io; the recording goes on, since the chain itself stands in the file.
#include "core/audit/chainverifier.h"

#include <QString>
#include <optional>

namespace framescope {

struct Anchor
{
    QByteArray sessionId;
    quint64 seq = 0;
    Sha256Digest head{};
    quint64 checkpoint = 0; ///< its number
    Sha256Digest keyId{};
    qint64 wallNs = 0;
    bool isEnded = false; ///< the recording ended in order with this checkpoint
    QString sessionPath;
};

/// What a verifier needs of it.
[[nodiscard]] ChainVerifier::Known knownFrom(const Anchor& anchor);

class AnchorBook
{
public:
    /// @p folder is made at the first write; empty: nothing is kept.
    explicit AnchorBook(QString folder = {});

    /// @p isDurable: on the disk before it returns.
    [[nodiscard]] Expected<void> write(const Anchor& anchor, bool isDurable) const;
    /// None when there is none, or the file cannot be understood.
    [[nodiscard]] std::optional<Anchor> read(const QByteArray& sessionId) const;
    /// The one that was written last.
    [[nodiscard]] std::optional<Anchor> newest() const;

private:
    [[nodiscard]] QString pathOf(const QByteArray& sessionId) const;
    [[nodiscard]] static std::optional<Anchor> readFile(const QString& path);

    QString m_folder;
};

} // namespace framescope
