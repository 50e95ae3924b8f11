#pragma once
/// A client of the simulator that knows no Qt socket: blocking POSIX calls with a time limit, so that a test sees
/// resets, stalls and the exact bytes. The simulator has to run on a thread of its own.
#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <functional>
#include <optional>

namespace framescope::test {

/// Sends @p bytes to 127.0.0.1 and gives back all that comes until the other side closes (or 10 s).
[[nodiscard]] QByteArray exchange(quint16 port, QByteArrayView bytes);
/// A token request with Basic credentials.
[[nodiscard]] QByteArray tokenRequest(const QByteArray& id, const QByteArray& secret,
                                      const QByteArray& form = "grant_type=client_credentials");
/// The token in the answer to a token request; empty when there is none.
[[nodiscard]] QByteArray tokenIn(const QByteArray& answer);
[[nodiscard]] QByteArray upgradeRequest(const QByteArray& token);
/// The status of an HTTP answer, or 0.
[[nodiscard]] int statusOf(QByteArrayView answer);

struct WireMessage
{
    quint8 opcode = 0; ///< 1 text, 2 binary
    QByteArray payload;
};

class RawStream
{
public:
    enum class End
    {
        None,
        Timeout,
        CloseFrame,
        Finished,
        Reset,
        Violation
    };

    RawStream() = default;
    ~RawStream();
    RawStream(const RawStream&) = delete;
    RawStream& operator=(const RawStream&) = delete;

    /// The status of the handshake; 0 when it was not answered within 10 s, or before @p giveUp says true.
    int open(quint16 port, const QByteArray& token, const std::function<bool()>& giveUp = {});
    /// The next message. Answers pings and the close frame by itself. Nothing when the stream ended or @p timeoutMs
    /// passed.
    [[nodiscard]] std::optional<WireMessage> next(int timeoutMs = 10'000);
    /// Sends a masked client frame.
    void send(quint8 opcode, const QByteArray& payload);
    void sendRaw(const QByteArray& bytes);
    void leave();

    [[nodiscard]] End end() const { return m_end; }
    [[nodiscard]] int closeCode() const { return m_closeCode; }
    /// Payloads of the pongs that came.
    [[nodiscard]] QList<QByteArray> pongs() const { return m_pongs; }
    /// What of an unfinished frame has come.
    [[nodiscard]] qsizetype pendingBytes() const { return m_bytes.size() - m_readTo; }

private:
    bool receive();
    bool takeFrame(quint8& opcode, QByteArray& payload);

    int m_fd = -1;
    QByteArray m_bytes;
    qsizetype m_readTo = 0;
    End m_end = End::None;
    int m_closeCode = 0;
    QList<QByteArray> m_pongs;
};

} // namespace framescope::test
