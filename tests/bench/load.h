#pragma once
/// The load that everything here is measured with: what the direct stream sends on a busy day (75 % interaction.update,
/// 20 % telephony.media, 5 % keepalive; about 807 bytes a message). Made once from a seed by the simulator's maker, and
/// good: every message is accepted without a finding.
///
/// A load of any length is one block, sent again and again; only the sequence numbers go on, written over the old ones
/// in place. Ids come again after thousands of messages, further apart than the decoder's window for duplicates.
/// Memory: the block. Thread: one.
#include "core/frame/rawframe.h"

#include <QString>
#include <string>
#include <vector>

namespace framescope::bench {

enum class LoadKind
{
    Mixed,       ///< as above
    UpdatesOnly, ///< interaction.update only
    OneFault     ///< interaction.update only, each with one thing wrong: its priority is a text
};

class Load
{
public:
    struct Message
    {
        std::size_t begin = 0;   ///< of the WebSocket frame
        std::size_t payload = 0; ///< where the payload begins
        std::size_t end = 0;
        std::size_t sequence = 0; ///< where the sequence number is written; 0: there is none
        bool isText = false;
    };

    Load(std::size_t messages, LoadKind kind);

    [[nodiscard]] std::size_t size() const { return m_messages.size(); }
    [[nodiscard]] const Message& message(std::size_t index) const { return m_messages[index]; }
    [[nodiscard]] QByteArrayView payload(std::size_t index) const;
    [[nodiscard]] std::size_t payloadBytes() const { return m_payloadBytes; }
    /// The block as it goes over the wire: whole, unmasked frames one after another (RFC 6455 section 5.2).
    [[nodiscard]] std::string_view wire() const { return m_wire; }
    /// Bytes on the wire of the first @p frames messages of an endless load.
    [[nodiscard]] std::size_t wireBytes(quint64 frames) const;

    /// Sequence numbers as in the first pass, and those of the pass after the present one.
    void restart();
    void nextPass();

private:
    void append(std::string_view frame);
    void writeSequences();

    std::string m_wire;
    std::vector<Message> m_messages;
    std::size_t m_payloadBytes = 0;
    quint64 m_pass = 0;
};

} // namespace framescope::bench
